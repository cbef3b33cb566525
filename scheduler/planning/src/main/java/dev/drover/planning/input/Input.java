package dev.drover.planning.input;

import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What reaches a pool from outside. */
public sealed interface Input {
    /** The API asks something; the decision carries the reply. */
    record Asked(PoolCommand command) implements Input {}

    /** Time has passed. */
    record Tick() implements Input {}

    /** The provider's prices, now. */
    record OffersSeen(List<Offer> offers) implements Input {
        public OffersSeen {
            offers = List.copyOf(offers);
        }
    }

    /** A launch gave an instance; {@code refusals} are of the markets tried before. */
    record Launched(
            NodeId node,
            String instanceId,
            Market market,
            Money pricePerHour,
            Resources resources,
            List<Refusal> refusals)
            implements Input {
        public Launched {
            refusals = List.copyOf(refusals);
        }
    }

    record LaunchRefused(NodeId node, List<Refusal> refusals) implements Input {
        public LaunchRefused {
            refusals = List.copyOf(refusals);
        }
    }

    /** Proof from the provider that the node's instance has ended, or never was. */
    record InstanceEnded(NodeId node, String evidence) implements Input {}

    /** An agent said hello on a new connection. */
    record AgentConnected(NodeId node, String incarnation) implements Input {}

    /** An agent's connection ended. No proof of anything, but worth asking the provider. */
    record AgentDisconnected(NodeId node, String incarnation) implements Input {}

    record StatusReported(AgentReport.Status status) implements Input {}

    /**
     * What the store holds of a shard, read because {@link dev.drover.planning.Intent.ReadCheckpoints} asked.
     *
     * @param passedOver what was published and does not count: of each, which file and why
     * @param flaw what is wrong with the checkpoint that was doubted; absent where nothing is, or nothing was doubted
     */
    record CheckpointsRead(
            ShardId shard,
            int generation,
            Instant since,
            List<CheckpointRef> published,
            List<String> passedOver,
            Optional<String> flaw)
            implements Input {
        public CheckpointsRead {
            published = List.copyOf(published);
            passedOver = List.copyOf(passedOver);
        }

        /** Where everything that was published counts. */
        public CheckpointsRead(ShardId shard, int generation, Instant since, List<CheckpointRef> published) {
            this(shard, generation, since, published, List.of(), Optional.empty());
        }
    }

    /** Something due outside could not be done, outcome unknown. It is due again after a while. */
    record Failed(Effort effort, String cause) implements Input {}

    /** The read model has the finished job. */
    record Archived(JobId job) implements Input {}
}
