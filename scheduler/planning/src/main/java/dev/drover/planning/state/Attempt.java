package dev.drover.planning.state;

import dev.drover.protocol.api.Reason;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import java.time.Instant;
import java.util.Optional;

/** One generation of a shard: where it ran, what it continued from, why it was placed there and why it ended. */
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
                Math.max(step, resumeStep()));
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
