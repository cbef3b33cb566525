package dev.drover.protocol.pool;

/** What a pool does when a cloud says that a node is more likely than others to be taken, which is no notice. */
public enum RebalanceMode {
    IGNORE,
    /** Gets a successor ready, and moves only when the notice comes. */
    PREPARE,
    /** Moves the node's shards at once, make before break. */
    MOVE
}
