package dev.drover.planning.state;

/** Where a node stands, as far as the journal knows. UNREACHABLE is not here: silence is observed, not remembered. */
public enum NodePhase {
    LAUNCHING,
    JOINING,
    READY,
    DRAINING,
    LOST,
    ENDING
}
