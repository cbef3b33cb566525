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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves checkpoints behind the back of training: copies the state at a step boundary, writes and fsyncs it on a thread of its own.
 *
 * <p>One save is in flight at a time. A checkpoint is a directory that appears whole, by rename, after its files and its
 * entries are on the disk. A save that fails leaves nothing behind and harms nothing else. Only one thread calls
 * {@link #begin} and {@link #busy}.
 */
public final class CheckpointSaver {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSaver.class);
    private static final ObjectWriter STATE_JSON = ShardWire.json().writerWithDefaultPrettyPrinter();

    private final TensorImage model;
    private final TensorImage optimizer;
    private final Listener listener;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("checkpoint-writer").factory());

    private volatile boolean busy;
    private volatile int savedStep = -1;

    /** Is told, on the writer's thread, how each save ended. */
    public interface Listener {
        void saved(int step, Path directory, double pauseMillis, double writeMillis);

        void saveFailed(int step, String reason);

        /** The saver is free again; called after one of the others. */
        void settled();
    }

    /** Allocates the host memory for copies of these tensors, so that the first save pauses no longer than the others. */
    public CheckpointSaver(Map<String, NDArray> weights, Map<String, NDArray> moments, Listener listener) {
        this.model = new TensorImage(weights);
        this.optimizer = new TensorImage(moments);
        this.listener = listener;
    }

    /** Whether a save is in flight. */
    public boolean busy() {
        return busy;
    }

    /** The newest step saved by this process, or -1. */
    public int savedStep() {
        return savedStep;
    }

    /**
     * Copies the state and begins to write it into a directory of its own under {@code workDir}. Returns when training may go on.
     *
     * @return how long the copy took, in milliseconds
     */
    public double begin(TrainState state, Path workDir) {
        if (busy) {
            throw new IllegalStateException("a save is in flight; the copy of step " + state.step() + " must wait");
        }
        busy = true;
        long from = System.nanoTime();
        model.take();
        optimizer.take();
        double pauseMillis = millisSince(from);
        writer.execute(() -> save(state, workDir, pauseMillis));
        return pauseMillis;
    }

    private void save(TrainState state, Path workDir, double pauseMillis) {
        long from = System.nanoTime();
        try {
            Path directory = write(state, workDir);
            savedStep = state.step();
            listener.saved(state.step(), directory, pauseMillis, millisSince(from));
        } catch (IOException | RuntimeException e) {
            LOG.warn("the save of step {} failed", state.step(), e);
            listener.saveFailed(
                    state.step(),
                    "can't save step %d in %s: %s; training goes on and saves again when due"
                            .formatted(state.step(), workDir, describe(e)));
        } finally {
            busy = false;
            listener.settled();
        }
    }

    private Path write(TrainState state, Path workDir) throws IOException {
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

    private static void deleteTree(Path root) throws IOException {
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

    private static String describe(Exception e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }
}
