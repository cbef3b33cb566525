package dev.drover.simulation.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.Decision;
import dev.drover.planning.Intent;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.JobBudgetSet;
import dev.drover.planning.event.PoolEvent.PoolConfigured;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.TargetDropped;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.input.Observations.AgentSeen;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.simulation.world.check.Findings.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/** A checker that can't fail is worth nothing: each must catch a decider that is broken in what it watches. */
class MutantTest {
    private static final int WITHIN_SEEDS = 12;

    private static void assertCaught(String checker, Mutant mutant) {
        Map<String, Integer> complaints = new TreeMap<>();
        boolean caught = LongStream.rangeClosed(1, WITHIN_SEEDS).anyMatch(seed -> {
            List<Finding> findings = World.run(WorldOptions.wild(seed), mutant).findings();
            findings.forEach(finding -> complaints.merge(finding.promise(), 1, Integer::sum));
            return findings.stream().anyMatch(finding -> finding.promise().equals(checker));
        });
        assertThat(caught)
                .as("%s complains within %d seeds; heard was %s", checker, WITHIN_SEEDS, complaints)
                .isTrue();
    }

    @Test
    void grantingTwiceIsCaught() {
        assertCaught("OneOwnerChecker", new Mutant() {
            @Override
            Stream<PoolEvent> event(PoolEvent event, PoolState before, Input input) {
                return event instanceof ShardGranted granted
                        ? Stream.concat(Stream.of(event), other(granted, before).stream())
                        : Stream.of(event);
            }

            private static Optional<PoolEvent> other(ShardGranted granted, PoolState before) {
                return before.nodes().values().stream()
                        .filter(node -> node.phase() == NodePhase.READY)
                        .map(Node::id)
                        .filter(node -> !node.equals(granted.node()))
                        .findFirst()
                        .map(node -> new ShardGranted(
                                granted.lease(), node, granted.resumeFrom(), granted.reason(), granted.at()));
            }
        });
    }

    @Test
    void forgettingToFenceIsCaught() {
        assertCaught("OneOwnerChecker", new Mutant() {
            @Override
            Stream<Intent> intent(Intent intent, Instant now) {
                return intent instanceof Intent.TellAgent(NodeId ignored, AgentCommand.Release released)
                        ? Stream.empty()
                        : Stream.of(intent);
            }
        });
    }

    @Test
    void countingWhatAZombiePublishedIsCaught() {
        assertCaught("OneOwnerChecker", new Mutant() {
            @Override
            Stream<PoolEvent> event(PoolEvent event, PoolState before, Input input) {
                return event instanceof ShardGranted granted && input instanceof Input.CheckpointsRead read
                        ? Stream.of(with(granted, newest(read)))
                        : Stream.of(event);
            }

            private static Optional<CheckpointRef> newest(Input.CheckpointsRead read) {
                return read.published().stream().max(Comparator.comparingInt(CheckpointRef::step));
            }
        });
    }

    @Test
    void startingOverIsCaught() {
        assertCaught("CommittedStepsChecker", new Mutant() {
            @Override
            Stream<PoolEvent> event(PoolEvent event, PoolState before, Input input) {
                return Stream.of(event instanceof ShardGranted granted ? with(granted, Optional.empty()) : event);
            }
        });
    }

    @Test
    void leavingNoTimeToSaveIsCaught() {
        assertCaught("StepsLostChecker", new Mutant() {
            @Override
            Stream<Intent> intent(Intent intent, Instant now) {
                return intent instanceof Intent.TellAgent(NodeId node, AgentCommand.HandOff order)
                        ? Stream.of(new Intent.TellAgent(
                                node, new AgentCommand.HandOff(order.lease(), order.target(), now)))
                        : Stream.of(intent);
            }
        });
    }

    @Test
    void losingNodesThatWereHeardIsCaught() {
        assertCaught("SilenceChecker", new Mutant() {
            @Override
            public Observations observe(Observations seen, PoolState state, Input input, Instant now) {
                Observations observed = super.observe(seen, state, input, now);
                return input instanceof Input.Tick ? observed.withAgents(longAgo(observed)) : observed;
            }

            private static PMap<NodeId, AgentSeen> longAgo(Observations seen) {
                var agents = HashTreePMap.<NodeId, AgentSeen>empty();
                for (Map.Entry<NodeId, AgentSeen> known : seen.agents().entrySet()) {
                    AgentSeen agent = known.getValue();
                    Instant earlier = agent.heardAt().minus(Duration.ofMinutes(30));
                    agents = agents.plus(
                            known.getKey(),
                            new AgentSeen(agent.incarnation(), agent.connected(), earlier, agent.status()));
                }
                return agents;
            }
        });
    }

    @Test
    void endingNothingIsCaught() {
        assertCaught("OrphanChecker", new Mutant() {
            @Override
            Stream<Intent> intent(Intent intent, Instant now) {
                return intent instanceof Intent.TerminateNode ? Stream.empty() : Stream.of(intent);
            }
        });
    }

    @Test
    void askingOnAndOnIsCaught() {
        assertCaught("LaunchAttemptsChecker", new Mutant() {
            @Override
            public Observations observe(Observations seen, PoolState state, Input input, Instant now) {
                return super.observe(seen, state, input, now).withRefusals(TreePMap.empty());
            }
        });
    }

    @Test
    void askingWhereANodeWasJustTakenIsCaught() {
        assertCaught("LaunchAttemptsChecker", new Mutant() {
            @Override
            public Observations observe(Observations seen, PoolState state, Input input, Instant now) {
                Observations observed = super.observe(seen, state, input, now);
                boolean tells = input instanceof Input.StatusReported || input instanceof Input.InstanceEnded;
                return tells ? observed.withRefusals(seen.refusals()) : observed;
            }
        });
    }

    @Test
    void grantingAPartOfAGangIsCaught() {
        assertCaught("GangChecker", new Mutant() {
            @Override
            Stream<PoolEvent> event(PoolEvent event, PoolState before, Input input) {
                boolean second = event instanceof ShardGranted granted
                        && granted.lease().generation() == 1
                        && granted.shard().index() == 1;
                return second ? Stream.empty() : Stream.of(event);
            }
        });
    }

    @Test
    void keepingAPartOfAGangsSlotsIsCaught() {
        assertCaught("GangChecker", new Mutant() {
            @Override
            Stream<PoolEvent> event(PoolEvent event, PoolState before, Input input) {
                return event instanceof TargetDropped dropped
                                && dropped.reason().code() == Code.GANG
                        ? Stream.empty()
                        : Stream.of(event);
            }
        });
    }

    @Test
    void stoppingNothingForMoneyIsCaught() {
        assertCaught("BudgetChecker", new Spendthrift() {
            @Override
            boolean forgetsBudgets(Input input) {
                return input instanceof Input.Tick;
            }
        });
    }

    @Test
    void buyingWithoutMoneyIsCaught() {
        assertCaught("BudgetChecker", new Spendthrift() {
            @Override
            boolean forgetsBudgets(Input input) {
                return !(input instanceof Input.Tick || input instanceof Input.Asked);
            }
        });
    }

    /** Decides on some input as if nobody had a budget. Things are stopped for money on ticks, and bought on any. */
    private abstract static class Spendthrift extends Mutant {
        abstract boolean forgetsBudgets(Input input);

        @Override
        public Decision decide(PoolState state, Observations seen, Input input, Instant now) {
            if (!forgetsBudgets(input)) {
                return super.decide(state, seen, input, now);
            }
            Decision blind = super.decide(withoutBudgets(state, now), seen, input, now);
            return new Decision(blind.events(), blind.intents(), blind.reply(), state.applyAll(blind.events()));
        }

        private static BuyingSpec withoutBudgets(BuyingSpec buying) {
            return new BuyingSpec(
                    buying.policy(),
                    buying.ladder(),
                    buying.fallbackAfter(),
                    buying.rebalance(),
                    buying.preemption(),
                    Optional.empty(),
                    Map.of(),
                    buying.protectedTime());
        }

        private static PoolState withoutBudgets(PoolState state, Instant now) {
            List<PoolEvent> lifted = new ArrayList<>();
            state.spec()
                    .ifPresent(spec ->
                            lifted.add(new PoolConfigured(spec.withBuying(withoutBudgets(spec.buying())), now)));
            state.jobs().keySet().forEach(job -> lifted.add(new JobBudgetSet(job, Optional.empty(), now)));
            return state.applyAll(lifted);
        }
    }

    @Test
    void neverReadingTheStoreIsCaught() {
        assertCaught("JobsFinishChecker", new Mutant() {
            @Override
            Stream<Intent> intent(Intent intent, Instant now) {
                return intent instanceof Intent.ReadCheckpoints ? Stream.empty() : Stream.of(intent);
            }
        });
    }

    private static ShardGranted with(ShardGranted granted, Optional<CheckpointRef> resumeFrom) {
        return new ShardGranted(granted.lease(), granted.node(), resumeFrom, granted.reason(), granted.at());
    }
}
