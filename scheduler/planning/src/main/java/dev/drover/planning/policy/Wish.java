package dev.drover.planning.policy;

import dev.drover.protocol.market.Resources;
import dev.drover.protocol.pool.RungSpec;
import java.util.List;

/** What decides which markets are of interest: what is seen of them is kept once for all shards that wish alike. */
public record Wish(Resources need, List<RungSpec> ladder) {
    public Wish {
        ladder = List.copyOf(ladder);
    }
}
