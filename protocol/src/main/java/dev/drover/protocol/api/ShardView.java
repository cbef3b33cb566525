package dev.drover.protocol.api;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.ShardState;
import java.util.List;
import java.util.Optional;

/**
 * A shard as people see it.
 *
 * @param step the last step reported, 0 before the first
 * @param target the node that is to run the next generation
 * @param why why it is not running, or what its move is about, or how it ended
 * @param trouble what is wrong while it starts or runs, as a full disk
 */
public record ShardView(
        int index,
        ShardState state,
        int generation,
        int step,
        Optional<NodeId> node,
        Optional<NodeId> target,
        Optional<Reason> why,
        Optional<String> trouble,
        List<AttemptView> attempts) {}
