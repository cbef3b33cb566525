package dev.drover.protocol.agent;

import java.time.Instant;

/**
 * A node will be taken.
 *
 * @param source where the notice came from: the evidence
 * @param endsAt when the node is gone
 */
public record EvictionNotice(Source source, Instant endsAt) {
    /** The ways a notice arrives; one code path follows. */
    public enum Source {
        AWS_METADATA,
        ALIBABA_METADATA,
        SIGTERM,
        DRILL
    }
}
