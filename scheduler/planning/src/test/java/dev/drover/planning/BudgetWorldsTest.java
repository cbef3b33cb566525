package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random worlds of jobs that never end but for their budgets, while prices move and nodes go. {@link BudgetCheck} looks on. */
class BudgetWorldsTest {
    private static final int SECONDS = 600;
    private static final List<String> BUDGETS = List.of("0.015", "0.02", "0.03");

    /** Four in each build; {@code -Ddrover.exploration.seeds=500} looks further. */
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("drover.exploration.seeds", 4));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noBudgetIsPassed(long seed) {
        Dice dice = new Dice(seed);
        PoolSpec spec = Specs.pool(CapacityMode.SPOT_WITH_FALLBACK, dice.upTo(2), 2 + dice.upTo(4));
        FakeWorld world = FakeWorld.of(budgeted(spec, dice), 1 + dice.upTo(3));
        world.steps(100_000);
        try {
            for (int i = 0; i < SECONDS; i++) {
                if (i % 50 == 0) {
                    submit(world, dice, new JobId("j" + i));
                }
                if (dice.oneIn(60)) {
                    disturb(world, dice);
                }
                world.second();
            }
            assertThat(world.pool.refolded()).isEqualTo(world.state());
            assertThat(world.pool.events(ShardDetached.class))
                    .as("something stopped for want of money")
                    .anySatisfy(event -> assertThat(event.reason().code()).isEqualTo(Code.BUDGET));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + " at " + world.pool.now(), e);
        }
    }

    private static PoolSpec budgeted(PoolSpec spec, Dice dice) {
        return Specs.budgeted(spec, dice.oneIn(2) ? "0.5" : "", dice.oneIn(2) ? Map.of("ann", "0.2") : Map.of());
    }

    private static void submit(FakeWorld world, Dice dice, JobId job) {
        String budget = "budget: " + BUDGETS.get(dice.upTo(BUDGETS.size())) + " USD";
        world.ask(new PoolCommand.SubmitJob(
                job, Specs.buying(Specs.job(1 + dice.upTo(2), 0), budget), dice.oneIn(2) ? "ann" : "bob"));
    }

    private static void disturb(FakeWorld world, Dice dice) {
        List<NodeId> nodes = List.copyOf(world.state().nodes().keySet());
        Optional<NodeId> node = nodes.isEmpty() ? Optional.empty() : Optional.of(nodes.get(dice.upTo(nodes.size())));
        switch (dice.upTo(5)) {
            case 0 -> node.ifPresent(world::kill);
            case 1 -> node.ifPresent(world.unreachable::add);
            case 2 -> world.unreachable.clear();
            case 3 -> world.restartController();
            default -> world.give(new Input.OffersSeen(dearer(dice)));
        }
    }

    private static List<Offer> dearer(Dice dice) {
        return Specs.offers(2).stream()
                .map(offer ->
                        new Offer(offer.market(), offer.pricePerHour().times(1 + dice.upTo(2)), offer.resources()))
                .toList();
    }
}
