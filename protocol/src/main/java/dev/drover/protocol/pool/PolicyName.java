package dev.drover.protocol.pool;

/** Who decides where and when a pool buys; docs/POLICIES.md has their formulas. */
public enum PolicyName {
    /** The first rung that has capacity, always. */
    GREEDY,
    /** Wu et al., "Can't Be Late", NSDI'24: ahead of an even progress toward the deadline it waits for spot, else it buys. */
    UNIFORM_PROGRESS,
    /** Drover's own: weighs price, interruptions, capacity and the time that is left. */
    ADAPTIVE
}
