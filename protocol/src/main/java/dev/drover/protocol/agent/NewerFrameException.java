package dev.drover.protocol.agent;

import java.io.Serial;

/** A whole frame that only a newer version understands. To pass over it does no harm. */
public final class NewerFrameException extends WireException {
    @Serial
    private static final long serialVersionUID = 1L;

    public NewerFrameException(String message) {
        super(message);
    }
}
