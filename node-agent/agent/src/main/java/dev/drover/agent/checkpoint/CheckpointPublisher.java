package dev.drover.agent.checkpoint;

import dev.drover.agent.peer.PeerPush;
import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.checkpoint.InvalidCheckpointException;
import dev.drover.protocol.checkpoint.Manifest;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.store.ObjectStore;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Makes a saved directory a checkpoint: adds the step records, digests every file, uploads them, and puts the manifest last.
 *
 * <p>When {@link #publish} returns, the checkpoint is durable and complete; when it throws, there is no manifest, and what was
 * uploaded counts for nothing. Blocks: call it off the actors' threads, once at a time per lease.
 */
public final class CheckpointPublisher {
    private final ObjectStore store;
    private final InstantSource clock;
    private final PeerPush push;
    private final Executor blocking;

    public CheckpointPublisher(ObjectStore store, InstantSource clock, PeerPush push, Executor blocking) {
        this.store = store;
        this.clock = clock;
        this.push = push;
        this.blocking = blocking;
    }

    /**
     * What to publish.
     *
     * @param steps every record since the checkpoint before
     * @param target where to push the same files meanwhile
     * @param deadline when a push is given up
     * @param withdrawn whether the lease is over, so that nothing may be published any more
     */
    public record Order(
            Lease lease,
            int step,
            Path directory,
            List<StepRecord> steps,
            Optional<HandoffTarget> target,
            Instant deadline,
            BooleanSupplier withdrawn) {}

    /**
     * Publishes, and pushes at the same time; returns when both have ended. A push that fails is logged, not thrown.
     *
     * <p>Publishing the same files again finds the checkpoint that is there: a store may fail after it took the manifest.
     *
     * @throws InvalidCheckpointException when what was saved can't be a checkpoint: trying again does not help
     * @throws IOException when the store failed, full or unreachable, or this node's disk
     */
    public CheckpointRef publish(Order order) throws IOException {
        if (!Files.isDirectory(order.directory(), LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidCheckpointException(order.directory().toString(), "is not a directory");
        }
        writeSteps(order);
        Manifest manifest = seal(order);
        byte[] manifestBytes = ManifestJson.write(manifest);
        CompletableFuture<Void> pushed = order.target()
                .map(target -> CompletableFuture.runAsync(
                        () -> push.push(order.directory(), manifest, manifestBytes, target, order.deadline()),
                        blocking))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        try {
            return new CheckpointRef(order.lease(), order.step(), ManifestJson.digest(commit(order, manifest)));
        } finally {
            pushed.join();
        }
    }

    private static void writeSteps(Order order) throws IOException {
        Path file = order.directory().resolve(CheckpointLayout.STEPS);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (StepRecord step : order.steps()) {
                out.write(ShardWire.line(step));
            }
        } catch (IOException e) {
            throw new IOException("this node can't write " + file + ": " + e.getMessage(), e);
        }
    }

    private Manifest seal(Order order) throws IOException {
        List<Path> files;
        try (Stream<Path> listing = Files.list(order.directory())) {
            files = listing.sorted().toList();
        }
        List<Manifest.Entry> entries = new ArrayList<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !LocalFiles.isPlainName(name)) {
                throw new InvalidCheckpointException(
                        name,
                        "can't be part of a checkpoint; plain files with names of A-Z, a-z, 0-9, '_', '-' and '.' are"
                                + " allowed");
            }
            if (!name.equals(CheckpointLayout.MANIFEST)) {
                entries.add(new Manifest.Entry(name, Files.size(file), LocalFiles.sha256(file)));
            }
        }
        return new Manifest(
                Manifest.FORMAT, order.lease(), order.step(), clock.instant().truncatedTo(ChronoUnit.MILLIS), entries);
    }

    /** The manifest that is in the store now: this one, or the one that an earlier attempt put there. */
    private Manifest commit(Order order, Manifest manifest) throws IOException {
        String key = CheckpointLayout.manifest(order.lease(), order.step());
        Optional<byte[]> before = store.get(key);
        if (before.isPresent()) {
            return same(key, before.get(), manifest);
        }
        try {
            for (Manifest.Entry entry : manifest.files()) {
                requireLease(order);
                store.put(
                        CheckpointLayout.checkpoint(order.lease(), order.step()) + entry.name(),
                        order.directory().resolve(entry.name()));
            }
            requireLease(order);
            if (store.putIfAbsent(key, ManifestJson.write(manifest))) {
                return manifest;
            }
        } catch (IOException e) {
            removeUnpublished(order, key, e);
            throw e;
        }
        return same(key, store.get(key).orElseThrow(() -> new IOException(key + " came and went")), manifest);
    }

    private static Manifest same(String key, byte[] content, Manifest wanted) {
        Manifest there = ManifestJson.read(key, content);
        if (!there.files().equals(wanted.files())) {
            throw new InvalidCheckpointException(key, "is published already with other files");
        }
        return there;
    }

    private static void requireLease(Order order) throws IOException {
        if (order.withdrawn().getAsBoolean()) {
            throw new IOException(
                    "the lease " + order.lease() + " is over: step " + order.step() + " is not published");
        }
    }

    /** Frees the space of files that no manifest names. */
    private void removeUnpublished(Order order, String manifestKey, IOException cause) {
        try {
            if (store.length(manifestKey).isEmpty()) {
                store.deleteAll(CheckpointLayout.checkpoint(order.lease(), order.step()));
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
