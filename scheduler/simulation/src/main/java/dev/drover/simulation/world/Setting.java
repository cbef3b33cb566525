package dev.drover.simulation.world;

import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.BackoffSpec;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.SwitchBackSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a world is like before anything happens in it.
 *
 * @param jobs submitted at the start
 * @param jobUnits how long a shard trains undisturbed, about, in units of the tempo
 * @param faulty how long things go wrong
 * @param wildness how often things go wrong, 1 for about one fault or command per unit and kind of some ten
 * @param crowd how many times as often they go wrong with some node: a large pool has more of them
 * @param isThrifty whether some jobs have budgets
 */
record Setting(
        Tempo tempo,
        PoolSpec pool,
        List<Offer> offers,
        int jobs,
        int shardsPerJob,
        double jobUnits,
        Duration faulty,
        double wildness,
        double crowd,
        boolean isThrifty) {
    static final String PROVIDER = "virtual";
    static final String ACCELERATOR = "gpu";

    /** The reaper leaves an instance that no pool knows alone for this many looks. */
    private static final int GRACE_IN_LOOKS = 3;

    private static final List<String> ZONES = List.of("a", "b", "c");

    Setting {
        offers = List.copyOf(offers);
    }

    /**
     * A small pool to which everything happens.
     *
     * @param buying a stream of its own for how the pool buys
     * @param money another for what it may spend
     */
    static Setting wild(Chance chance, Chance buying, Chance money) {
        Tempo tempo = chance.of(List.of(Tempo.BRISK, Tempo.STEADY, Tempo.SLOW, Tempo.SLOW));
        CapacityMode mode = chance.of(List.of(
                CapacityMode.SPOT_WITH_FALLBACK,
                CapacityMode.SPOT_WITH_FALLBACK,
                CapacityMode.SPOT_ONLY,
                CapacityMode.ON_DEMAND));
        int spares = chance.upTo(2);
        int nodes = 2 + chance.upTo(5);
        PoolSpec pool = pool(tempo, mode, spares, nodes, Wishes.buying(tempo, nodes, buying, money));
        List<Offer> offers = offers(1 + chance.upTo(3), 1 + chance.upTo(2), chance);
        return new Setting(
                tempo, pool, offers, 1 + chance.upTo(3), 3, 20 + chance.upTo(80), tempo.units(300), 1, 1, true);
    }

    /** A large pool to which happens what does on a cloud: what a simulated node-hour costs is measured here. */
    static Setting large(Chance chance) {
        Tempo tempo = Tempo.LONG;
        PoolSpec pool = pool(tempo, CapacityMode.SPOT_WITH_FALLBACK, 0, 250, BuyingSpec.DEFAULT);
        return new Setting(tempo, pool, offers(3, 1, chance), 80, 4, 350, Duration.ofDays(2), 0.05, 60, false);
    }

    Duration grace() {
        return tempo.look().multipliedBy(GRACE_IN_LOOKS);
    }

    private static PoolSpec pool(Tempo tempo, CapacityMode mode, int min, int max, BuyingSpec buying) {
        return new PoolSpec(
                new PoolName("p"),
                mode,
                PROVIDER,
                List.of(),
                List.of(),
                min,
                max,
                tempo.units(60),
                false,
                tempo.lease(),
                new BackoffSpec(tempo.units(5), tempo.units(100)),
                new SwitchBackSpec(tempo.units(60), tempo.units(20), tempo.units(600)),
                buying);
    }

    private static List<Offer> offers(int zones, int types, Chance chance) {
        List<Offer> offers = new ArrayList<>();
        for (String zone : ZONES.subList(0, zones)) {
            for (int type = 0; type < types; type++) {
                int count = type == 0 ? 1 : 4;
                Market spot = new Market(PROVIDER, "r", zone, "g" + count, CapacityType.SPOT);
                BigDecimal onDemand = BigDecimal.valueOf(3L * count);
                offers.add(offer(spot, discounted(onDemand, chance), count));
                offers.add(offer(spot.as(CapacityType.ON_DEMAND), onDemand, count));
            }
        }
        return offers;
    }

    /** Spot at a fifth to four fifths of on demand. */
    static BigDecimal discounted(BigDecimal onDemand, Chance chance) {
        return onDemand.multiply(BigDecimal.valueOf(20 + chance.upTo(60)))
                .divide(BigDecimal.valueOf(100), 4, RoundingMode.HALF_UP);
    }

    private static Offer offer(Market market, BigDecimal price, int count) {
        return new Offer(
                market, new Money(price, "USD"), new Resources(ACCELERATOR, count, ByteSize.ofMiB(65_536L * count)));
    }
}
