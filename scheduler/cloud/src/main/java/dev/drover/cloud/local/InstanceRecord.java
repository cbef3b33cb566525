package dev.drover.cloud.local;

import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.money.Money;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the cloud remembers of an instance.
 *
 * @param refusals of the markets tried before, for a repeat of the launch
 * @param metadataPort of its metadata server, for its whole life
 * @param starts how many times a start of the agent was begun; more than one only when the cloud died in between
 * @param agent the agent's process, {@code null} before it started
 * @param notice of its eviction, {@code null} while there is none
 * @param rebalanceSince since when it is said to be more likely than others to be taken, {@code null} while it is not
 * @param ending why it is being ended, {@code null} while it is not
 * @param cost of its whole life, {@code null} while it lives
 */
record InstanceRecord(
        Instance instance,
        List<Refusal> refusals,
        int metadataPort,
        int starts,
        @Nullable AgentPid agent,
        @Nullable Notice notice,
        @Nullable Instant rebalanceSince,
        @Nullable String ending,
        @Nullable Money cost) {

    /** A process, told from a later one of the same pid by its start. */
    record AgentPid(long pid, Instant startedAt) {}

    /** The news of an eviction: at {@code at} the instance is ended. */
    record Notice(Instant at, String reason) {}

    InstanceRecord {
        refusals = List.copyOf(refusals);
    }

    OwnedNode node() {
        return new OwnedNode(instance.owner(), instance.node());
    }

    Market market() {
        return instance.market();
    }

    boolean lives() {
        return instance.state() != InstanceState.TERMINATED;
    }

    /** Lives, and nobody has said that it will not for long. */
    boolean stays() {
        return lives() && notice == null && ending == null;
    }

    InstanceRecord starting() {
        return new InstanceRecord(
                instance, refusals, metadataPort, starts + 1, null, notice, rebalanceSince, ending, cost);
    }

    InstanceRecord running(AgentPid process) {
        Instance running = in(InstanceState.RUNNING, null, null);
        return new InstanceRecord(
                running, refusals, metadataPort, starts, process, notice, rebalanceSince, ending, cost);
    }

    InstanceRecord noticed(Notice given) {
        return new InstanceRecord(instance, refusals, metadataPort, starts, agent, given, rebalanceSince, ending, cost);
    }

    InstanceRecord signalled(@Nullable Instant since) {
        return new InstanceRecord(instance, refusals, metadataPort, starts, agent, notice, since, ending, cost);
    }

    /** The first reason stays. */
    InstanceRecord ending(String reason) {
        return ending != null
                ? this
                : new InstanceRecord(
                        instance, refusals, metadataPort, starts, agent, notice, rebalanceSince, reason, cost);
    }

    InstanceRecord ended(Instant at, String reason, Money total) {
        Instance ended = in(InstanceState.TERMINATED, at, reason);
        return new InstanceRecord(ended, refusals, metadataPort, starts, agent, notice, rebalanceSince, ending, total);
    }

    private Instance in(InstanceState state, @Nullable Instant endedAt, @Nullable String endReason) {
        return new Instance(
                instance.node(),
                instance.instanceId(),
                instance.market(),
                instance.pricePerHour(),
                instance.owner(),
                instance.tags(),
                state,
                instance.launchedAt(),
                endedAt,
                endReason);
    }
}
