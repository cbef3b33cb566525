package dev.drover.planning;

import static dev.drover.planning.Specs.DEMAND_A;
import static dev.drover.planning.Specs.DEMAND_B;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static dev.drover.planning.Specs.cpus;
import static dev.drover.planning.Specs.offers;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.CapacityPolicy.Choice;
import dev.drover.planning.policy.Demand;
import dev.drover.planning.policy.LadderPolicy;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcollections.TreePMap;

/** Policies as tables: what is seen, what is chosen, and why. */
class PolicyTest {
    private static final Instant NOW = PoolScript.START;
    private static final Lease FIRST = new Lease(SHARD, 1);

    private final LadderPolicy policy = new LadderPolicy();

    record Row(CapacityMode mode, List<Market> refused, List<Market> chosen, Code why) {}

    static Stream<Row> rows() {
        List<Market> spot = List.of(SPOT_A, SPOT_B);
        List<Market> demand = List.of(DEMAND_A, DEMAND_B);
        List<Market> all = Stream.concat(spot.stream(), demand.stream()).toList();
        return Stream.of(
                new Row(CapacityMode.SPOT_ONLY, List.of(), spot, Code.CHEAPEST_SPOT),
                new Row(CapacityMode.SPOT_ONLY, List.of(SPOT_A), List.of(SPOT_B), Code.OTHER_ZONE),
                new Row(CapacityMode.SPOT_ONLY, spot, List.of(), Code.NO_CAPACITY),
                new Row(CapacityMode.SPOT_WITH_FALLBACK, List.of(), spot, Code.CHEAPEST_SPOT),
                new Row(CapacityMode.SPOT_WITH_FALLBACK, List.of(SPOT_A), List.of(SPOT_B), Code.OTHER_ZONE),
                new Row(CapacityMode.SPOT_WITH_FALLBACK, spot, demand, Code.FALLBACK),
                new Row(
                        CapacityMode.SPOT_WITH_FALLBACK,
                        List.of(SPOT_A, SPOT_B, DEMAND_A),
                        List.of(DEMAND_B),
                        Code.FALLBACK),
                new Row(CapacityMode.SPOT_WITH_FALLBACK, all, List.of(), Code.NO_CAPACITY),
                new Row(CapacityMode.ON_DEMAND, List.of(), demand, Code.ON_DEMAND_MODE),
                new Row(CapacityMode.ON_DEMAND, demand, List.of(), Code.NO_CAPACITY));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void choosesByModeAndWhatRefused(Row row) {
        Choice choice = policy.choose(pool(row.mode(), 0, 1), Demand.of(cpus(1)), seen(offers(1), row.refused()), NOW);
        switch (choice) {
            case Choice.Launch(List<Market> markets, Reason because) -> {
                assertThat(markets).isEqualTo(row.chosen());
                assertThat(because.code()).isEqualTo(row.why());
            }
            case Choice.Wait(Reason because) -> {
                assertThat(row.chosen()).isEmpty();
                assertThat(because.code()).isEqualTo(row.why());
            }
        }
    }

    private static Observations seen(List<Offer> offers, List<Market> refused) {
        TreePMap<Market, Offer> byMarket = TreePMap.empty();
        for (Offer offer : offers) {
            byMarket = byMarket.plus(offer.market(), offer);
        }
        TreePMap<Market, Observations.Refused> refusals = TreePMap.empty();
        for (Market market : refused) {
            refusals = refusals.plus(
                    market,
                    new Observations.Refused(
                            new Refusal(market, Refusal.Kind.NO_CAPACITY, "None", ""), 1, NOW, NOW.plusSeconds(5)));
        }
        return Observations.startingAt(NOW).withOffers(byMarket).withRefusals(refusals);
    }

    @Test
    void saysWhatDoesNotFit() {
        assertThat(policy.choose(pool(), Demand.of(cpus(1)), seen(List.of(), List.of()), NOW))
                .extracting(choice -> ((Choice.Wait) choice).because().code())
                .isEqualTo(Code.NO_OFFERS);
        assertThat(policy.choose(pool(), Demand.of(cpus(2)), seen(offers(1), List.of()), NOW))
                .extracting(choice -> ((Choice.Wait) choice).because().text())
                .isEqualTo("No instance type of pool p has 2 x cpu and 0B for a shard;"
                        + " the provider offers m1 (1 x cpu, 1GiB).");
        List<Offer> demandOnly = offers(1).subList(2, 4);
        assertThat(policy.choose(
                        pool(CapacityMode.SPOT_ONLY, 0, 1), Demand.of(cpus(1)), seen(demandOnly, List.of()), NOW))
                .extracting(choice -> ((Choice.Wait) choice).because().text())
                .isEqualTo("Pool p is SPOT_ONLY, and m1 is not sold that way; another mode or instance type would do.");
    }

    /** On demand at 3.60, horizon 30 min, changeover 1 min: pays while 30 x (3.60 - s) > 3.60 + s, so below 3.3677. */
    @ParameterizedTest(name = "spot at {0} after {1} s: {2}")
    @CsvSource({"0.36, 120, true", "0.36, 119, false", "3.36, 120, true", "3.37, 120, false", "3.60, 9999, false"})
    void switchesBackWhenItPaysForTheChangeover(String price, int seconds, boolean back) {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_WITH_FALLBACK, 0, 1), 1);
        world.capacity.put(SPOT_A, 0);
        world.capacity.put(SPOT_B, 0);
        world.submit(Specs.JOB, Specs.job(1, 0));
        world.seconds(20);
        var onDemand = world.state().nodes().values().iterator().next();
        Observations seen = seen(List.of(Specs.offer(SPOT_A, price, 1)), List.of());
        assertThat(policy.reconsider(
                                pool(),
                                onDemand,
                                Demand.of(cpus(1)),
                                seen,
                                onDemand.since().plusSeconds(seconds))
                        .isPresent())
                .isEqualTo(back);
    }

    @ParameterizedTest(name = "saves {0}, steps {1}: {2} ms")
    @CsvSource({"'', '', 5000", "100, 30, 230", "'100 250', '30 70', 770", "'100 0', '30 70', 5000", "0.4, 0.3, 2"})
    void marginIsTwiceAllSavesAndTheLongestStep(String saves, String steps, long millis) {
        List<ShardStatus> statuses = new ArrayList<>();
        List<String> save =
                Stream.of(saves.split(" ")).filter(text -> !text.isEmpty()).toList();
        for (int i = 0; i < save.size(); i++) {
            double step = Double.parseDouble(List.of(steps.split(" ")).get(i));
            statuses.add(new ShardStatus(
                    FIRST, Phase.RUNNING, 1, null, null, null, null, Double.parseDouble(save.get(i)), step));
        }
        assertThat(Handoffs.margin(statuses, LeaseSpec.DEFAULT)).isEqualTo(Duration.ofMillis(millis));
    }

    /** Generation 1 ran to where 2 continued, at 100; 2 to where 3 continued, at 150; 3 runs. */
    @ParameterizedTest(name = "{0}@{1}: {2}")
    @CsvSource({
        "90, 1, true",
        "100, 1, true",
        "110, 1, false",
        "150, 2, true",
        "160, 2, false",
        "200, 3, true",
        "200, 4, false"
    })
    void aCheckpointCountsUpToWhereALaterGenerationContinued(int step, int generation, boolean counts) {
        assertThat(shard(List.of()).counts(ref(step, generation))).isEqualTo(counts);
    }

    @Test
    void theNewestThatCountsIsWhereToContinue() {
        List<CheckpointRef> published = List.of(ref(100, 1), ref(300, 1), ref(150, 2), ref(150, 3), ref(120, 2));
        assertThat(shard(List.of()).resumePoint(published)).contains(ref(150, 3));
        assertThat(shard(List.of(ref(150, 3))).resumePoint(published)).contains(ref(150, 2));
        assertThat(shard(List.of()).resumePoint(List.of(ref(300, 1)))).isEmpty();
    }

    private static CheckpointRef ref(int step, int generation) {
        return new CheckpointRef(new Lease(SHARD, generation), step, "d" + generation + "-" + step);
    }

    private static Shard shard(List<CheckpointRef> rejected) {
        List<Attempt> attempts = List.of(
                attempt(1, Optional.empty()),
                attempt(2, Optional.of(ref(100, 1))),
                attempt(3, Optional.of(ref(150, 2))));
        return new Shard(
                SHARD,
                ShardState.RUNNING,
                3,
                Optional.of(Specs.node(3)),
                Optional.empty(),
                Optional.empty(),
                NOW,
                0,
                attempts,
                rejected);
    }

    private static Attempt attempt(int generation, Optional<CheckpointRef> from) {
        return new Attempt(
                generation,
                Specs.node(generation),
                SPOT_A,
                NOW,
                from,
                Grants.FIRST,
                Optional.empty(),
                Optional.empty(),
                0);
    }
}
