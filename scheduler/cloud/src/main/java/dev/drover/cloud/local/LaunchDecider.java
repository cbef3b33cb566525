package dev.drover.cloud.local;

import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides which market of a launch gives the instance, and why those before it gave none. Pure. */
final class LaunchDecider {
    private final Catalog catalog;
    private final MarketBoard board;

    LaunchDecider(Catalog catalog, MarketBoard board) {
        this.catalog = catalog;
        this.board = board;
    }

    /** @param market the one that gives it, empty if none does */
    record Decision(Optional<Market> market, List<Refusal> refusals) {}

    Decision decide(CloudState state, List<Market> markets, Instant now) {
        List<Refusal> refusals = new ArrayList<>();
        for (Market market : markets) {
            Optional<Refusal> refusal = refuse(state, market, now);
            if (refusal.isEmpty()) {
                return new Decision(Optional.of(market), List.copyOf(refusals));
            }
            refusals.add(refusal.get());
        }
        return new Decision(Optional.empty(), List.copyOf(refusals));
    }

    private Optional<Refusal> refuse(CloudState state, Market market, Instant now) {
        if (!board.offers(market)) {
            return Optional.of(new Refusal(
                    market, Refusal.Kind.NOT_OFFERED, "Unsupported", "market " + market + " is not in the catalog"));
        }
        long ofType = state.living().stream()
                .filter(record -> record.market().capacityType() == market.capacityType())
                .count();
        int quota = market.isSpot() ? catalog.quota().spot() : catalog.quota().onDemand();
        if (ofType >= quota) {
            return Optional.of(new Refusal(
                    market,
                    Refusal.Kind.QUOTA,
                    market.isSpot() ? "MaxSpotInstanceCountExceeded" : "InstanceLimitExceeded",
                    "%d %s instances live; the quota is %d".formatted(ofType, market.capacityType(), quota)));
        }
        long here = state.living().stream()
                .filter(record -> record.market().equals(market))
                .count();
        int capacity = board.capacity(market, now, state.capacities());
        if (here >= capacity) {
            return Optional.of(new Refusal(
                    market,
                    Refusal.Kind.NO_CAPACITY,
                    "InsufficientInstanceCapacity",
                    "%d instances live in %s; its capacity is %d".formatted(here, market, capacity)));
        }
        return Optional.empty();
    }
}
