package dev.drover.simulation.world.check;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.util.Collection;
import java.util.Optional;

/** What a checker may ask of the world as it is now. */
public interface Reality {
    /** How far the training under the lease is, while it runs somewhere. */
    Optional<Fact.Progress> progress(Lease lease);

    /** Nodes whose instances run, and so cost. */
    Collection<NodeId> running();

    /** Steps that each shard of the job is to make. */
    int steps(JobId job);
}
