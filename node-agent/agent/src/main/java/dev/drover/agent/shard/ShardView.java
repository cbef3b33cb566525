package dev.drover.agent.shard;

import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.StepRecord;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a shard's actor knows of its own standing, for its reports. */
final class ShardView {
    private static final int RECENT_STEPS = 16;
    private static final int RECENT_SAVES = 8;
    private static final int LONGEST_REASON = 4096;

    private final Lease lease;
    private final RecentMax saves = new RecentMax(RECENT_SAVES);
    private final RecentMax steps = new RecentMax(RECENT_STEPS);
    private Phase phase;
    private int step;
    private long stepEndedMillis;
    private @Nullable CheckpointRef checkpoint;
    private @Nullable CheckpointRef resumedFrom;
    private @Nullable HandoffTarget target;
    private @Nullable String reason;
    private @Nullable String saveTrouble;
    private @Nullable CheckpointRef badCheckpoint;

    ShardView(Lease lease, Phase phase) {
        this.lease = lease;
        this.phase = phase;
    }

    Phase phase() {
        return phase;
    }

    /** No program runs and none will. */
    boolean isFinal() {
        return isFinal(phase);
    }

    static boolean isFinal(Phase phase) {
        return switch (phase) {
            case PREPARING, PREPARED, STARTING, RUNNING, STOPPING -> false;
            case STOPPED, DONE, FAILED, RESTORE_FAILED -> true;
        };
    }

    void enter(Phase next) {
        phase = next;
        if (next != Phase.PREPARED) {
            target = null;
        }
    }

    void target(HandoffTarget where) {
        target = where;
    }

    void stepped(StepRecord record) {
        if (stepEndedMillis > 0) {
            steps.add((double) Math.max(0, record.epochMillis() - stepEndedMillis));
        }
        stepEndedMillis = record.epochMillis();
        step = record.step();
    }

    int step() {
        return step;
    }

    void resumedFrom(CheckpointRef ref) {
        step = Math.max(step, ref.step());
        resumedFrom = ref;
    }

    void published(CheckpointRef ref, double saveMillis) {
        checkpoint = ref;
        saveTrouble = null;
        saves.add(saveMillis);
    }

    void trouble(String why) {
        reason = why;
    }

    /** Holds until a save works. */
    void saveTrouble(String why) {
        saveTrouble = why;
    }

    /** Says whether there was any. */
    boolean clearTrouble() {
        boolean was = reason != null;
        reason = null;
        return was;
    }

    void restoreFailed(CheckpointRef bad, String why) {
        badCheckpoint = bad;
        reason = why;
        enter(Phase.RESTORE_FAILED);
    }

    ShardStatus status() {
        CheckpointRef lastWord = checkpoint == null && phase == Phase.DONE ? resumedFrom : checkpoint;
        return new ShardStatus(lease, phase, step, lastWord, target, why(), badCheckpoint, saves.get(), steps.get());
    }

    /** What happened, and what kept a save from being taken if anything did; short enough for a frame. */
    private @Nullable String why() {
        String why = Stream.of(reason, saveTrouble)
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.joining("; "));
        return why.isEmpty() ? null : why.substring(0, Math.min(LONGEST_REASON, why.length()));
    }
}
