package dev.drover.agent.checkpoint;

import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import java.util.Comparator;
import java.util.List;

/**
 * Which checkpoints a lease may delete.
 *
 * <p>Newest means the latest generation first, then the latest step: what a superseded generation published behind our back
 * may carry a later step, but must not push out what counts. Of later generations it knows nothing and deletes nothing.
 */
public final class RetentionPolicy {
    private static final Comparator<CheckpointRef> NEWEST_FIRST = Comparator.<CheckpointRef>comparingInt(
                    ref -> ref.lease().generation())
            .thenComparingInt(CheckpointRef::step)
            .reversed();

    private RetentionPolicy() {}

    /** Those of {@code published} that go when the newest {@code kept} stay; the newest one always does. */
    public static List<CheckpointRef> prunable(Lease lease, List<CheckpointRef> published, int kept) {
        return published.stream()
                .filter(ref -> ref.lease().generation() <= lease.generation())
                .sorted(NEWEST_FIRST)
                .skip(Math.max(1, kept))
                .toList();
    }
}
