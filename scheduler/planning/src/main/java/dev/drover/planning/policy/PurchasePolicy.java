package dev.drover.planning.policy;

import dev.drover.protocol.pool.PolicyName;

/**
 * Chooses what a job with a deadline runs on until the next look: nothing, spot, or on demand.
 *
 * <p>Pure: the same situation gives the same answer, and the live pool and the simulator call the same object. Whatever it
 * chooses, a deadline that can be met on demand now can still be met at the next look, one {@link Situation#tick} later. It
 * does not guarantee a price.
 */
public interface PurchasePolicy {
    Purchase choose(Situation situation);

    /** The policy of this name. */
    static PurchasePolicy of(PolicyName name) {
        return switch (name) {
            case GREEDY -> new GreedyPolicy();
            case UNIFORM_PROGRESS -> new UniformProgressPolicy();
            case ADAPTIVE -> new AdaptivePolicy();
        };
    }
}
