package dev.drover.agent.checkpoint;

import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Deletes old checkpoints, and what generations before left unpublished, but keeps step records: they are the job's history.
 *
 * <p>The manifest goes first, so a crash in between leaves no checkpoint with files missing.
 */
public final class CheckpointPruneExecutor {
    private static final Pattern PLACE = Pattern.compile("g([1-9]\\d{0,8})/step-\\d{8,9}/[^/]+");

    private final ObjectStore store;

    public CheckpointPruneExecutor(ObjectStore store) {
        this.store = store;
    }

    /** Keeps the newest {@code kept} of the shard, as seen from {@code lease}. Blocks. */
    public void prune(Lease lease, int kept) throws IOException {
        var published = new CheckpointCatalog(store).published(lease.shard());
        for (CheckpointRef ref : RetentionPolicy.prunable(lease, published, kept)) {
            String directory = CheckpointLayout.checkpoint(ref.lease(), ref.step());
            store.deleteAll(directory + CheckpointLayout.MANIFEST);
            deleteFiles(store.list(directory));
        }
        sweep(lease);
    }

    /**
     * Deletes what lies beside no manifest under older generations: uploads of a writer that was killed. Where it lives on, it
     * is a zombie, and what it publishes late is found incomplete. Of this generation and later ones nothing is deleted.
     */
    private void sweep(Lease lease) throws IOException {
        String prefix = CheckpointLayout.shardPrefix(lease.shard());
        Map<String, List<String>> directories = new TreeMap<>();
        for (String key : store.list(prefix)) {
            Matcher place = PLACE.matcher(key.substring(prefix.length()));
            if (place.matches() && Integer.parseInt(place.group(1)) < lease.generation()) {
                String directory = key.substring(0, key.lastIndexOf('/') + 1);
                directories
                        .computeIfAbsent(directory, ignored -> new ArrayList<>())
                        .add(key);
            }
        }
        for (Map.Entry<String, List<String>> entry : directories.entrySet()) {
            if (!entry.getValue().contains(entry.getKey() + CheckpointLayout.MANIFEST)) {
                deleteFiles(entry.getValue());
            }
        }
    }

    private void deleteFiles(List<String> keys) throws IOException {
        for (String key : keys) {
            if (!key.endsWith("/" + CheckpointLayout.STEPS)) {
                store.deleteAll(key);
            }
        }
    }
}
