package dev.drover.trainer.checkpoint;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.drover.protocol.shard.ShardWire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Copies a training's state and writes the copy as a checkpoint directory.
 *
 * <p>The directory appears whole, by rename, after its files and its entries are on the disk; a write that fails leaves nothing
 * behind. {@link #take} and {@link #write} of one writer must not overlap.
 */
public final class CheckpointWriter {
    private static final ObjectWriter STATE_JSON = ShardWire.json().writerWithDefaultPrettyPrinter();

    private final TensorImage model;
    private final TensorImage optimizer;

    /** Allocates the host memory for copies of these tensors, so that the first copy takes no longer than the others. */
    public CheckpointWriter(Map<String, NDArray> weights, Map<String, NDArray> moments) {
        this.model = new TensorImage(weights);
        this.optimizer = new TensorImage(moments);
    }

    /** Copies the state as it is now. */
    public void take() {
        model.take();
        optimizer.take();
    }

    /**
     * Writes the copy as the checkpoint of {@code state}, in a directory of its own under {@code workDir}.
     *
     * @return the directory, complete and fsynced
     */
    public Path write(TrainState state, Path workDir) throws IOException {
        Path target = workDir.resolve(CheckpointFiles.directory(state.step()));
        Path temporary = workDir.resolve(CheckpointFiles.directory(state.step()) + ".tmp");
        Files.createDirectories(workDir);
        deleteTree(temporary);
        Files.createDirectory(temporary);
        try {
            Map<String, String> metadata = Map.of("format", "pt", "step", Integer.toString(state.step()));
            model.write(temporary.resolve(CheckpointFiles.MODEL), metadata);
            optimizer.write(temporary.resolve(CheckpointFiles.OPTIMIZER), metadata);
            writeForced(temporary.resolve(CheckpointFiles.STATE), STATE_JSON.writeValueAsBytes(state));
            force(temporary);
            deleteTree(target);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            force(workDir);
            return target;
        } catch (IOException | RuntimeException e) {
            // Frees the space at once: a disk that is full should not stay so because of half a checkpoint.
            deleteTree(temporary);
            throw e;
        }
    }

    private static void writeForced(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a directory with all that is in it, or nothing if there is none. */
    public static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(root)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
