package dev.drover.protocol.api;

/** How a scheduler stands in its cluster. */
public enum SchedulerState {
    /** It runs and is in no cluster yet. */
    SEEKING,
    JOINING,
    UP,
    /** It hands its pools over, and ends. */
    LEAVING,
    /** The one that was asked, or another, hears nothing of it; it may be taken for dead. */
    UNREACHABLE,
    /** It ended without a word, or is not heard of. */
    GONE
}
