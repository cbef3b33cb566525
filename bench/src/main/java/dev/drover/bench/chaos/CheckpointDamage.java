package dev.drover.bench.chaos;

import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Damages the newest checkpoint of a shard. It is fair: an older one that is whole is left, and of the checkpoints that a shard has at most
 * one is damaged.
 */
final class CheckpointDamage {
    private final Path store;
    private final Supplier<Collection<JobId>> live;
    private final Set<CheckpointRef> damaged = ConcurrentHashMap.newKeySet();

    /**
     * Nothing is damaged yet but {@code earlier}.
     *
     * @param live the jobs whose checkpoints may be damaged
     */
    CheckpointDamage(Path store, Supplier<Collection<JobId>> live, Collection<CheckpointRef> earlier) {
        this.store = store;
        this.live = live;
        damaged.addAll(earlier);
    }

    /** Which one it was; empty when no shard has two valid ones and none that is damaged. */
    synchronized Optional<CheckpointRef> damage(int pick, boolean dropped) throws IOException {
        CheckpointCatalog catalog = new CheckpointCatalog(new FileObjectStore(store));
        List<CheckpointRef> candidates = live.get().stream()
                .sorted()
                .flatMap(job -> Stream.of(new ShardId(job, 0), new ShardId(job, 1)))
                .flatMap(shard -> newest(catalog, shard).stream())
                .toList();
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        CheckpointRef chosen = candidates.get(pick % candidates.size());
        List<String> names = catalog.manifest(chosen).files().stream()
                .map(file -> file.name())
                .filter(name -> name.endsWith(".safetensors") || name.equals("state.json"))
                .sorted()
                .toList();
        Path file = store.resolve(CheckpointLayout.checkpoint(chosen.lease(), chosen.step()))
                .resolve(names.get(pick % names.size()));
        damaged.add(chosen);
        if (dropped) {
            Files.deleteIfExists(file);
        } else {
            turn(file);
        }
        return Optional.of(chosen);
    }

    private Optional<CheckpointRef> newest(CheckpointCatalog catalog, ShardId shard) {
        try {
            List<CheckpointRef> published = catalog.published(shard);
            return published.size() < 2
                            || damaged.stream()
                                    .anyMatch(ref -> ref.lease().shard().equals(shard))
                    ? Optional.empty()
                    : Optional.of(published.getFirst());
        } catch (IOException e) {
            // It is being pruned at this very moment.
            return Optional.empty();
        }
    }

    private static void turn(Path file) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long middle = bytes.length() / 2;
            bytes.seek(middle);
            int there = bytes.read();
            bytes.seek(middle);
            bytes.write(there ^ 0xff);
        }
    }
}
