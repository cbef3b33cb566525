package dev.drover.planning.state;

import dev.drover.protocol.api.Reason;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import java.time.Instant;
import java.util.Optional;

/**
 * One generation of a shard: where it ran, what it continued from, why it was placed there and why it ended.
 *
 * @param lastStep the last step it is known to have made; told at its first step, where it catches up, and at its end
 */
public record Attempt(
        int generation,
        NodeId node,
        Market market,
        Instant grantedAt,
        Optional<CheckpointRef> resumeFrom,
        Reason grantedBecause,
        Optional<Instant> endedAt,
        Optional<Reason> endedBecause,
        int lastStep) {

    /** The step this generation continued after; 0 from the beginning. */
    public int resumeStep() {
        return resumeFrom.map(CheckpointRef::step).orElse(0);
    }

    /** Whether a step beyond the resume point was seen. */
    public boolean hasStarted() {
        return lastStep > resumeStep();
    }

    Attempt reached(int step) {
        return new Attempt(
                generation,
                node,
                market,
                grantedAt,
                resumeFrom,
                grantedBecause,
                endedAt,
                endedBecause,
                Math.max(step, lastStep));
    }

    Attempt ended(Instant at, Reason because, int step) {
        return new Attempt(
                generation,
                node,
                market,
                grantedAt,
                resumeFrom,
                grantedBecause,
                Optional.of(at),
                Optional.of(because),
                Math.max(step, lastStep));
    }

    Attempt reopened() {
        return new Attempt(
                generation,
                node,
                market,
                grantedAt,
                resumeFrom,
                grantedBecause,
                Optional.empty(),
                Optional.empty(),
                lastStep);
    }
}
