package dev.drover.protocol.api;

/** What an instance-second was paid for. */
public enum SpendCategory {
    /** Steps that nobody had made before. */
    USEFUL,
    /** Steps made again, since an earlier generation's were lost. */
    REDONE,
    /** An instance that boots for a shard, and a granted shard before its first step. */
    START_UP,
    /** A slot on a ready node, kept for a shard that can't start there yet. */
    WAITING,
    /** Slots that nobody uses. No job is to blame: the pool pays. */
    IDLE,
    /** A successor's slot while the shard still runs elsewhere: paid for twice. */
    HANDOFF
}
