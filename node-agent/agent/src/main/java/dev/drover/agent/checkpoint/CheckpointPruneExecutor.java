package dev.drover.agent.checkpoint;

import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;

/**
 * Deletes old checkpoints but keeps their step records, which are the job's history.
 *
 * <p>The manifest goes first, so a crash in between leaves no checkpoint with files missing.
 */
public final class CheckpointPruneExecutor {
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
            for (String key : store.list(directory)) {
                if (!key.equals(directory + CheckpointLayout.STEPS)) {
                    store.deleteAll(key);
                }
            }
        }
    }
}
