package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.budgeted;
import static dev.drover.planning.Specs.buying;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Budgets hold while nodes are silent and controllers away. A node in spot a costs 0.0001 a second, in b 0.0002. */
class BudgetOutageTest {
    private static final JobId OTHER = new JobId("k");
    private static final PoolSpec SPOT = Specs.pool(CapacityMode.SPOT_ONLY, 0, 1);

    private static FakeWorld world(PoolSpec spec) {
        FakeWorld world = FakeWorld.of(spec, 1);
        world.steps(100_000);
        return world;
    }

    private static String asked(FakeWorld world) {
        return world.pool.events(NodeRequested.class).stream()
                .map(event ->
                        event.markets().stream().map(market -> market.zone()).collect(Collectors.joining("+")))
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource({"130", "137", "140"})
    void aNodeThatFallsSilentSpendsNoMoreEither(int second) {
        FakeWorld world = world(budgeted(SPOT, "0.02", Map.of("ann", "0.02")));
        world.submit(JOB, job(1, 0));
        world.seconds(second);
        world.unreachable.add(node(1));
        world.seconds(200);
        assertThat(world.instances()).isEmpty();
        assertThat(world.state().ledger().total().spent().orElseThrow())
                .isBetween(Money.usd("0.0135"), Money.usd("0.02"));
    }

    /** Its 5 min are reserved, too: without them it would be told to stop at 388 s, when it might not hear it. */
    @ParameterizedTest
    @CsvSource({"140", "380"})
    void aLongerLeaseIsReservedFor(int second) {
        PoolSpec spec = SPOT;
        LeaseSpec lease =
                new LeaseSpec(Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofHours(1), Duration.ofSeconds(5));
        PoolSpec patient = new PoolSpec(
                spec.name(),
                spec.mode(),
                spec.provider(),
                spec.zones(),
                spec.instanceTypes(),
                spec.minNodes(),
                spec.maxNodes(),
                spec.idleTimeout(),
                spec.agentsPreferWarm(),
                lease,
                spec.backoff(),
                spec.switchBack(),
                spec.buying());
        FakeWorld world = world(patient);
        world.submit(JOB, buying(job(1, 0), "budget: 0.045 USD"));
        world.seconds(second);
        world.unreachable.add(node(1));
        world.seconds(600);
        assertThat(world.show(JOB).cost().spent()).isLessThan(Money.usd("0.045"));
    }

    /** The worse job is told to stop at 188 s, and does not. What it spends is not there for the better one, which is told at 220 s. */
    @Test
    void whatDoesNotStopIsGivenUpWhenTheMoneyIsGone() {
        FakeWorld world = world(budgeted(Specs.pool(CapacityMode.SPOT_ONLY, 0, 2), "", Map.of("ann", "0.05")));
        world.submit(JOB, buying(job(1, 0), "priority: 5"));
        world.submit(OTHER, job(1, 0));
        world.seconds(150);
        world.stuck.addAll(List.of(node(1), node(2)));
        world.seconds(150);
        assertThat(world.instances()).isEmpty();
        assertThat(world.state().ledger().byOwner().get("ann")).isBetween(Money.usd("0.05"), Money.usd("0.056"));
    }

    @Test
    void aRecoveredPoolKnowsWhatIsSpentAndReserved() {
        FakeWorld world = world(budgeted(Specs.pool(CapacityMode.SPOT_ONLY, 0, 4), "", Map.of("ann", "0.03")));
        world.submit(JOB, job(1, 0));
        world.seconds(100);
        world.restartController();
        world.submit(OTHER, job(1, 0));
        assertThat(asked(world))
                .as("0.0097 spent, 0.0065 reserved: 0.0138 left")
                .isEqualTo("a+b a");
        world.restartController();
        world.submit(new JobId("l"), job(1, 0));
        assertThat(world.show(new JobId("l")).why().orElseThrow().code()).isEqualTo(Code.BUDGET);
        world.until(
                300,
                () -> world.state()
                        .liveShards()
                        .allMatch(shard ->
                                shard.node().isEmpty() && shard.target().isEmpty()));
        world.seconds(20);
        assertThat(world.state().ledger().byOwner().get("ann")).isLessThan(Money.usd("0.03"));
    }

    /** 0.02 buy 200 s from 3 s on, less 5 s to save. */
    @Test
    void aLeaseEndsWithTheMoney() {
        FakeWorld world = world(SPOT);
        world.submit(JOB, buying(job(1, 0), "budget: 0.02 USD"));
        world.seconds(30);
        assertThat(runUntil(world)).isEqualTo(PoolScript.START.plusSeconds(198));
        world.ask(new PoolCommand.SetBudget(JOB, Optional.empty()));
        world.seconds(2);
        assertThat(runUntil(world)).isEqualTo(world.pool.now().plus(Duration.ofHours(1)));
    }

    private static Instant runUntil(FakeWorld world) {
        return world.handedOut.stream()
                .filter(Intent.TellAgent.class::isInstance)
                .map(intent -> ((Intent.TellAgent) intent).command())
                .filter(AgentCommand.Welcome.class::isInstance)
                .map(command -> ((AgentCommand.Welcome) command).runUntil())
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }
}
