package dev.drover.agent.shard;

import dev.drover.agent.setup.AgentEnvironment;
import java.net.http.HttpClient;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What the shards of one node have in common.
 *
 * @param mayPrune whether this node is surely a member now, so that it may delete old checkpoints
 */
public record ShardSetup(
        AgentEnvironment environment,
        WarmPool processes,
        HttpClient http,
        ShardLimits limits,
        BooleanSupplier mayPrune,
        ActorRef<ShardNotice> node) {}
