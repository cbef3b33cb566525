package dev.drover.control;

/** Which part of a cluster that was cut goes on; the rest ends itself. */
public enum Downing {
    /** The one with most schedulers; of two equal ones that with the lowest address. For three schedulers and more. */
    MAJORITY,
    /** The one that gets a lease in the database, the larger one sooner. The choice for two schedulers: either may go on without the other. */
    LEASE
}
