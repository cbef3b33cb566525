package dev.drover.protocol.checkpoint;

import dev.drover.protocol.id.Lease;

/**
 * A published checkpoint: the state of a shard after {@code step}, written under {@code lease}.
 *
 * @param manifestDigest the manifest's own digest, SHA-256 in hex; it fixes every byte of the checkpoint
 */
public record CheckpointRef(Lease lease, int step, String manifestDigest) {}
