package dev.drover.protocol.agent;

import java.io.Serial;

/** Bytes that are no frame of this protocol, or a message that does not fit into one: what was wrong, and what is allowed. */
public sealed class WireException extends RuntimeException permits NewerFrameException {
    @Serial
    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message);
    }

    public WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
