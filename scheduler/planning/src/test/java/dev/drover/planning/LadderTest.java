package dev.drover.planning;

import static dev.drover.planning.Specs.DEMAND_A;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static dev.drover.planning.Specs.cpus;
import static dev.drover.planning.Specs.offer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.input.Interruptions;
import dev.drover.planning.input.MarketHistory;
import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.CapacityPolicy.Choice;
import dev.drover.planning.policy.Demand;
import dev.drover.planning.policy.LadderPolicy;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.RungSpec;
import dev.drover.protocol.pool.SwitchBackSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;

/** The ladder as tables: which rung, which markets of it in which order, and why none. */
class LadderTest {
    private static final Instant NOW = PoolScript.START;
    private static final Market BIG = new Market("local", "s", "c", "big", CapacityType.SPOT);
    private static final Offer BIG_OFFER =
            new Offer(BIG, Money.usd("0.80"), new Resources("gpu", 2, ByteSize.ofMiB(8192)));

    private final LadderPolicy policy = new LadderPolicy();

    record Row(String ladder, List<Market> refused, List<Market> chosen, Code why) {}

    static Stream<Row> rows() {
        List<Market> none = List.of();
        List<Market> both = List.of(SPOT_A, SPOT_B);
        String demandInA = "capacityType: on-demand, zones: [a]";
        return Stream.of(
                new Row("[]", none, both, Code.CHEAPEST_SPOT),
                new Row("[{zones: [b]}, {}]", none, List.of(SPOT_B), Code.CHEAPEST_SPOT),
                new Row("[{zones: [b]}, {}]", List.of(SPOT_B), List.of(SPOT_A), Code.OTHER_ZONE),
                new Row("[{accelerator: gpu}, {}]", none, List.of(BIG), Code.CHEAPEST_SPOT),
                new Row("[{accelerator: gpu}, {}]", List.of(BIG), both, Code.OTHER_ZONE),
                new Row("[{maxPrice: 0.50 USD}]", none, List.of(SPOT_A), Code.CHEAPEST_SPOT),
                new Row("[{maxPrice: 0.10 USD}]", none, none, Code.PRICE_CAP),
                new Row("[{maxPrice: 9 EUR}]", none, none, Code.PRICE_CAP),
                new Row("[{regions: [s]}]", none, none, Code.NO_MATCHING_TYPE),
                new Row("[{}]", both, none, Code.NO_CAPACITY),
                new Row("[{}, {" + demandInA + "}]", both, List.of(DEMAND_A), Code.FALLBACK),
                new Row("[{}, {" + demandInA + ", spendLimit: 1.05 USD}]", both, none, Code.SPEND_LIMIT),
                new Row("[{}, {" + demandInA + ", spendLimit: 1.06 USD}]", both, List.of(DEMAND_A), Code.FALLBACK));
    }

    /** On demand 1.00 USD was spent; a billing tick of a minute at 3.60 an hour is 0.06 more. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void climbsRungByRung(Row row) {
        Demand demand = new Demand(
                cpus(1),
                ladder(row.ladder()),
                Map.of(CapacityType.ON_DEMAND, Money.usd("1")),
                Optional.of(NOW),
                Set.of(),
                Optional.empty(),
                List.of());
        Choice choice = policy.choose(Specs.pool(), demand, seen(row.refused()), NOW);
        assertChoice(choice, row.chosen(), row.why());
    }

    private static void assertChoice(Choice choice, List<Market> chosen, Code why) {
        switch (choice) {
            case Choice.Launch(List<Market> markets, Reason because) -> {
                assertThat(markets).isEqualTo(chosen);
                assertThat(because.code()).isEqualTo(why);
            }
            case Choice.Wait(Reason because) -> {
                assertThat(because.code()).isEqualTo(why);
                assertThat(chosen).isEmpty();
            }
        }
    }

    @Test
    void theJobsLadderComesBeforeThePools() {
        PoolSpec pool = buying(ladder("[{zones: [b]}]"), Duration.ZERO, Duration.ZERO);
        assertChoice(
                policy.choose(pool, Demand.of(cpus(1)), seen(List.of()), NOW), List.of(SPOT_B), Code.CHEAPEST_SPOT);
        assertChoice(
                policy.choose(pool, demand(ladder("[{zones: [a]}]")), seen(List.of()), NOW),
                List.of(SPOT_A),
                Code.CHEAPEST_SPOT);
    }

    /** Nobody but the operator decides how the pool buys, and where. */
    @Test
    void thePoolBoundsEveryLadder() {
        List<RungSpec> ladder = ladder("[{}, {capacityType: on-demand}]");
        Observations none = seen(List.of(SPOT_A, SPOT_B));
        assertChoice(
                policy.choose(Specs.pool(CapacityMode.SPOT_ONLY, 0, 1), demand(ladder), none, NOW),
                List.of(),
                Code.NO_CAPACITY);
    }

    /**
     * With a changeover of 12 min, a at 0.36 and b at 0.40 an hour: the prior of 0.1 losses an hour in both, so that a is cheaper
     * until it was lost often enough. After n losses in 10 hours of nodes: 0.36 x (1 + (1 + n) / 20 x 0.2) against 0.40 x 1.02.
     */
    @ParameterizedTest(name = "{0} losses, {1} refusals, protected {2} min: {3} first")
    @CsvSource({"0, 0, 0, a", "12, 0, 0, a", "13, 0, 0, b", "0, 13, 0, b", "13, 0, 60, a"})
    void theCheapestIsNotFirstWhereItIsTakenOften(int losses, int refusals, int protectedMinutes, String first) {
        PoolSpec pool = buying(List.of(), Duration.ZERO, Duration.ofMinutes(protectedMinutes));
        Observations seen = seen(List.of());
        seen = seen.withOffers(seen.offers().plus(SPOT_B, offer(SPOT_B, "0.40", 1)))
                .withHistory(new MarketHistory(
                        NOW,
                        Duration.ZERO,
                        TreePMap.singleton(SPOT_A, new Interruptions(losses, Duration.ofHours(10))),
                        HashTreePMap.empty()));
        if (refusals > 0) {
            seen = seen.withRefusals(TreePMap.singleton(SPOT_A, refused(SPOT_A, refusals, NOW.minusSeconds(1))));
        }
        Choice choice = policy.choose(pool, Demand.of(cpus(1)), seen, NOW);
        assertThat(((Choice.Launch) choice).markets().getFirst().zone()).isEqualTo(first);
    }

    @Test
    void whatRefusedLastIsAskedByOneLaunchAtATime() {
        Observations seen = seen(List.of()).withRefusals(TreePMap.singleton(SPOT_A, refused(SPOT_A, 1, NOW)));
        Demand second = new Demand(
                cpus(1), List.of(), Map.of(), Optional.empty(), Set.of(SPOT_A, SPOT_B), Optional.empty(), List.of());
        assertChoice(
                policy.choose(Specs.pool(), Demand.of(cpus(1)), seen, NOW),
                List.of(SPOT_A, SPOT_B),
                Code.CHEAPEST_SPOT);
        assertChoice(policy.choose(Specs.pool(), second, seen, NOW), List.of(SPOT_B), Code.OTHER_ZONE);
    }

    /** Spot a refused first 200 s ago, b 100 s ago. */
    @ParameterizedTest(name = "after {0} s, waiting for {1} s: {2}")
    @CsvSource({
        "0, 50, FALLBACK",
        "50, 50, FALLBACK",
        "51, 50, WAITS_FOR_SPOT",
        "100, 900, FALLBACK",
        "101, 900, WAITS_FOR_SPOT"
    })
    void onDemandOnlyOnceSpotWasMissedForLong(int fallbackAfter, int waiting, Code why) {
        PoolSpec pool = buying(List.of(), Duration.ofSeconds(fallbackAfter), Duration.ZERO);
        Demand demand = new Demand(
                cpus(1),
                List.of(),
                Map.of(),
                Optional.of(NOW.minusSeconds(waiting)),
                Set.of(),
                Optional.empty(),
                List.of());
        Reason because = switch (policy.choose(pool, demand, seenSince(200, 100), NOW)) {
            case Choice.Launch launch -> launch.because();
            case Choice.Wait wait -> wait.because();
        };
        assertThat(because.code()).isEqualTo(why);
    }

    private static Observations seenSince(int secondsA, int secondsB) {
        Observations seen = seen(List.of());
        return seen.withRefusals(
                seen.refusals().plus(SPOT_A, since(SPOT_A, secondsA)).plus(SPOT_B, since(SPOT_B, secondsB)));
    }

    private static Observations.Refused since(Market market, int seconds) {
        return new Observations.Refused(refusal(market), 1, NOW.minusSeconds(seconds), NOW.plusSeconds(5));
    }

    private static Observations.Refused refused(Market market, int count, Instant until) {
        return new Observations.Refused(refusal(market), count, NOW.minusSeconds(60), until);
    }

    private static Refusal refusal(Market market) {
        return new Refusal(market, Refusal.Kind.NO_CAPACITY, "None", "");
    }

    private static Observations seen(List<Market> refused) {
        TreePMap<Market, Offer> byMarket = TreePMap.empty();
        for (Offer offer :
                Stream.concat(Specs.offers(1).stream(), Stream.of(BIG_OFFER)).toList()) {
            byMarket = byMarket.plus(offer.market(), offer);
        }
        TreePMap<Market, Observations.Refused> refusals = TreePMap.empty();
        for (Market market : refused) {
            refusals = refusals.plus(market, refused(market, 1, NOW.plusSeconds(5)));
        }
        return Observations.startingAt(NOW).withOffers(byMarket).withRefusals(refusals);
    }

    private static Demand demand(List<RungSpec> ladder) {
        return new Demand(cpus(1), ladder, Map.of(), Optional.of(NOW), Set.of(), Optional.empty(), List.of());
    }

    private static PoolSpec buying(List<RungSpec> ladder, Duration fallbackAfter, Duration protectedTime) {
        BuyingSpec buying = BuyingSpec.DEFAULT;
        return Specs.pool(
                Specs.pool(),
                new SwitchBackSpec(Duration.ofMinutes(2), Duration.ofMinutes(12), Duration.ofHours(2)),
                new BuyingSpec(
                        buying.policy(),
                        ladder,
                        fallbackAfter,
                        buying.rebalance(),
                        buying.preemption(),
                        buying.budget(),
                        buying.ownerBudgets(),
                        protectedTime));
    }

    private static List<RungSpec> ladder(String yaml) {
        return JobSpecReader.read("{name: j, pool: p, command: [x], ladder: " + yaml + "}")
                .scheduling()
                .ladder();
    }
}
