package dev.drover.planning.input;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;

/** What is done outside, again and again until it works, and may fail for a while. */
public sealed interface Effort {
    /** The provider is asked to launch, end or show the node's instance. */
    record Instance(NodeId node) implements Effort {
        @Override
        public String toString() {
            return "the provider's call for node " + node;
        }
    }

    record CheckpointRead(ShardId shard) implements Effort {
        @Override
        public String toString() {
            return "reading the checkpoints of " + shard;
        }
    }

    record Archiving(JobId job) implements Effort {
        @Override
        public String toString() {
            return "archiving job " + job;
        }
    }

    /** Slots are launched for all shards of a gang at once. */
    record Gathering(JobId job) implements Effort {
        @Override
        public String toString() {
            return "gathering the slots of job " + job;
        }
    }
}
