package dev.drover.protocol.job;

/** Where a shard stands; DESIGN's "a shard's life". */
public enum ShardState {
    /** Never placed. */
    QUEUED,
    /** Has no node now; the reason says why. */
    WAITING,
    /** Granted to a node, not yet training there. */
    PLACED,
    RUNNING,
    /** Running on one node while its successor gets ready on another. */
    HANDING_OFF,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    public boolean isFinal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
