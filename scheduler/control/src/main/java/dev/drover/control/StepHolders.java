package dev.drover.control;

import dev.drover.persistence.read.ReadModel.Holder;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.util.Map;

/**
 * Whose word counts on the steps of a job's leases: that of the node that holds a generation, and of an older generation that
 * of the node that held it, up to where the later ones continued. Pure.
 */
record StepHolders(Map<Lease, Holder> byLease) {
    /** Of a lease that is not known nothing can be said yet: its grant may be on its way here. */
    boolean knows(Lease lease) {
        return byLease.containsKey(lease);
    }

    /** The last step of {@code lease} that {@code node} may tell of; 0 for a node that never held it. */
    int lastStep(NodeId node, Lease lease) {
        Holder holder = byLease.get(lease);
        if (holder == null || !holder.node().equals(node)) {
            return 0;
        }
        return byLease.entrySet().stream()
                .filter(entry -> entry.getKey().shard().equals(lease.shard()))
                .filter(entry -> entry.getKey().generation() > lease.generation())
                .mapToInt(entry -> entry.getValue().resumedFromStep())
                .min()
                .orElse(Integer.MAX_VALUE);
    }
}
