package dev.drover.protocol.api;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import java.time.Instant;
import java.util.Optional;

/**
 * One generation of a shard.
 *
 * @param resumedFromStep the step it continued after, 0 from the beginning. Records of older generations beyond it are superseded
 * @param resumedFromGeneration which generation had saved that, 0 from the beginning
 * @param grantedBecause why it was placed there
 * @param endedBecause why it ended, once it has
 */
public record AttemptView(
        int generation,
        NodeId node,
        Market market,
        Instant grantedAt,
        int resumedFromStep,
        int resumedFromGeneration,
        Reason grantedBecause,
        Optional<Instant> endedAt,
        Optional<Reason> endedBecause) {}
