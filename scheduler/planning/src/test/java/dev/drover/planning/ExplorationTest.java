package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random worlds, a seed each: whatever happens the invariants hold, and once it stops happening every job ends. */
class ExplorationTest {
    private static final int FAULTY_SECONDS = 400;
    private static final int HEALING_SECONDS = 2_000;

    /** Loses, repeats and delays, while it is bad. */
    private static final class BadNetwork implements FakeWorld.Network {
        private final Dice dice;
        private boolean bad = true;

        BadNetwork(Dice dice) {
            this.dice = dice;
        }

        @Override
        public List<Integer> delays(Input input) {
            if (!bad || !dice.oneIn(4)) {
                return List.of(0);
            }
            return switch (dice.upTo(4)) {
                case 0 -> List.of();
                case 1 -> List.of(0, 0);
                case 2 -> List.of(0, 1 + dice.upTo(30));
                default -> List.of(1 + dice.upTo(5));
            };
        }

        @Override
        public boolean loses(AgentCommand command) {
            return bad && dice.oneIn(6);
        }
    }

    /** What jobs may wish for beside what they need. */
    private static final List<String> WISHES = List.of(
            "deadline: 5m, computeTime: 2m",
            "deadline: 20m, computeTime: 40s",
            "ladder: [{zones: [b]}, {maxPrice: 0.50 USD}, {capacityType: on-demand, spendLimit: 0.20 USD}]",
            "deadline: 10m, computeTime: 1m, ladder: [{}, {capacityType: on-demand, zones: [a]}]",
            "budget: 0.013 USD",
            "budget: 0.2 USD, deadline: 5m, computeTime: 2m");

    private final List<JobId> jobs = new ArrayList<>();

    /** Eight in each build; {@code -Ddrover.exploration.seeds=500} looks further. */
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("drover.exploration.seeds", 8));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void invariantsHoldAndEveryJobEnds(long seed) {
        Dice dice = new Dice(seed);
        BadNetwork network = new BadNetwork(new Dice(seed + 1_000_000));
        CapacityMode mode = List.of(CapacityMode.values()).get(dice.upTo(3));
        FakeWorld world = new FakeWorld(
                budgeted(dice, Specs.preempting(Specs.pool(mode, dice.upTo(2), 2 + dice.upTo(4)), dice.oneIn(2))),
                Specs.offers(2 + dice.upTo(3)),
                network);
        try {
            for (int i = 0; i < FAULTY_SECONDS; i++) {
                disturb(world, dice);
                world.second();
                oneTrainerPerCurrentLease(world);
            }
            assertThat(world.pool.refolded()).isEqualTo(world.state());
            network.bad = false;
            heal(world);
            world.until(HEALING_SECONDS, () -> world.state().jobs().isEmpty());
            world.seconds(400);
            assertThat(world.instances())
                    .as("what is left of instances")
                    .hasSizeLessThanOrEqualTo(world.state().spec().orElseThrow().minNodes());
            assertThat(world.pool.refolded()).isEqualTo(world.state());
            noZombieWon(world);
            onlyDamagedCheckpointsWereGivenUp(world);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + " at " + world.pool.now(), e);
        }
    }

    private void disturb(FakeWorld world, Dice dice) {
        if (!dice.oneIn(5)) {
            return;
        }
        Optional<NodeId> node = anyNode(world, dice);
        switch (dice.upTo(21)) {
            case 0, 1 -> submit(world, dice);
            case 2 -> node.ifPresent(world::kill);
            case 3 -> node.ifPresent(world::killSilently);
            case 4, 5 -> node.ifPresent(id -> world.notice(id, Duration.ofSeconds(1 + dice.upTo(60))));
            case 6 -> node.ifPresent(world.unreachable::add);
            case 7 -> {
                if (dice.oneIn(2)) {
                    world.unreachable.clear();
                }
            }
            case 8 -> {
                Market market = List.copyOf(world.capacity.keySet()).get(dice.upTo(4));
                world.capacity.put(market, dice.upTo(3));
            }
            case 9 -> node.ifPresent(id -> world.ask(new PoolCommand.DrainNode(id)));
            case 10 -> world.ask(new PoolCommand.ScalePool(0, dice.upTo(5)));
            case 11 -> world.ask(dice.oneIn(2) ? new PoolCommand.PausePool() : new PoolCommand.ResumePool());
            case 12 -> world.restartController();
            case 13 -> anyShard(world, dice).ifPresent(shard -> corruptNewest(world, shard));
            case 14 -> anyShard(world, dice).ifPresent(shard -> world.failNext(shard.id(), 1));
            case 15 -> node.ifPresent(dice.oneIn(2) ? world.blind::add : world.blind::remove);
            case 16 -> node.ifPresent(dice.oneIn(2) ? world.cutOff::add : world.cutOff::remove);
            case 17 -> world.storeAway = dice.oneIn(3);
            case 18 ->
                anyShard(world, dice).ifPresent(shard -> {
                    Money budget = Money.usd(List.of("0.01", "0.05", "0.5").get(dice.upTo(3)));
                    world.ask(new PoolCommand.SetBudget(shard.id().job(), Optional.of(budget)));
                });
            case 19 ->
                world.ask(new PoolCommand.ConfigurePool(
                        budgeted(dice, world.state().spec().orElseThrow())));
            default -> nonsense(world, dice);
        }
    }

    private static PoolSpec budgeted(Dice dice, PoolSpec spec) {
        return switch (dice.upTo(4)) {
            case 0 -> Specs.budgeted(spec, "0.03", Map.of());
            case 1 -> Specs.budgeted(spec, "", Map.of("ann", "0.03"));
            case 2 -> Specs.budgeted(spec, "0.2", Map.of("ann", "0.1"));
            default -> Specs.budgeted(spec, "", Map.of());
        };
    }

    private void submit(FakeWorld world, Dice dice) {
        JobId job = new JobId("j" + jobs.size());
        jobs.add(job);
        JobSpec spec = Specs.job(
                1 + dice.upTo(3),
                Specs.cpus(1 + dice.upTo(2)),
                3,
                Specs.scheduled(dice.upTo(3), dice.oneIn(3), awaited(dice)));
        JobSpec wished = dice.oneIn(3) ? Specs.buying(spec, WISHES.get(dice.upTo(WISHES.size()))) : spec;
        world.ask(new PoolCommand.SubmitJob(job, wished, dice.oneIn(3) ? "bob" : "ann"));
        if (dice.oneIn(8)) {
            world.ask(new PoolCommand.CancelJob(jobs.get(dice.upTo(jobs.size())), "no need"));
        }
    }

    private JobId[] awaited(Dice dice) {
        return dice.oneIn(4) ? new JobId[] {jobs.get(dice.upTo(jobs.size()))} : new JobId[0];
    }

    private static void corruptNewest(FakeWorld world, Shard shard) {
        List<CheckpointRef> published = world.published(shard.id());
        if (!published.isEmpty()) {
            world.corrupt(published.getLast());
        }
    }

    /** Inputs that fit nothing, or come long after what they are about. */
    private static void nonsense(FakeWorld world, Dice dice) {
        NodeId node = Specs.node(1 + dice.upTo(20));
        boolean ended = !world.instances().contains(node);
        switch (dice.upTo(5)) {
            case 0 -> world.give(new Input.AgentDisconnected(node, "one"));
            case 1 -> world.give(new Input.AgentConnected(node, "one"));
            case 2 -> world.give(new Input.StatusReported(new AgentReport.Status(node, "zero", 1, null, List.of())));
            case 3 -> {
                if (ended && world.state().node(node).isEmpty()) {
                    world.give(new Input.InstanceEnded(node, "again"));
                }
            }
            default ->
                anyShard(world, dice)
                        .ifPresent(shard -> world.give(new Input.CheckpointsRead(
                                shard.id(), dice.upTo(5), shard.since(), world.published(shard.id()))));
        }
    }

    private static Optional<NodeId> anyNode(FakeWorld world, Dice dice) {
        List<NodeId> nodes = List.copyOf(world.state().nodes().keySet());
        return nodes.isEmpty() ? Optional.empty() : Optional.of(nodes.get(dice.upTo(nodes.size())));
    }

    private static Optional<Shard> anyShard(FakeWorld world, Dice dice) {
        List<Shard> shards = world.state().liveShards().toList();
        return shards.isEmpty() ? Optional.empty() : Optional.of(shards.get(dice.upTo(shards.size())));
    }

    private static void heal(FakeWorld world) {
        world.unreachable.clear();
        world.blind.clear();
        world.cutOff.clear();
        world.storeAway = false;
        world.capacity.replaceAll((market, count) -> 100);
        world.ask(new PoolCommand.ResumePool());
        world.ask(new PoolCommand.ConfigurePool(
                Specs.budgeted(world.state().spec().orElseThrow(), "", Map.of()).withNodes(0, 4)));
        world.state().jobs().keySet().forEach(job -> world.ask(new PoolCommand.SetBudget(job, Optional.empty())));
    }

    private static void oneTrainerPerCurrentLease(FakeWorld world) {
        world.state()
                .liveShards()
                .forEach(shard -> shard.lease()
                        .ifPresent(lease -> assertThat(world.trainers(lease))
                                .as("trainers under " + lease)
                                .isLessThanOrEqualTo(1)));
    }

    private static void onlyDamagedCheckpointsWereGivenUp(FakeWorld world) {
        assertThat(world.pool.events(PoolEvent.CheckpointRejected.class))
                .allSatisfy(event ->
                        assertThat(world.isCorrupted(event.checkpoint())).isTrue());
    }

    /** What a shard ended with was published under its last grant, or is what that one continued from. */
    private static void noZombieWon(FakeWorld world) {
        var grants = world.pool.events(PoolEvent.ShardGranted.class);
        for (var success : world.pool.events(PoolEvent.ShardSucceeded.class)) {
            int last = grants.stream()
                    .filter(grant ->
                            grant.lease().shard().equals(success.lease().shard()))
                    .mapToInt(grant -> grant.lease().generation())
                    .max()
                    .orElse(0);
            assertThat(success.lease().generation()).isEqualTo(last);
            assertThat(success.checkpoint().orElseThrow().step()).isEqualTo(world.steps());
        }
    }
}
