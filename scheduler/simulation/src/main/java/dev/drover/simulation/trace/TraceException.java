package dev.drover.simulation.trace;

import java.io.Serial;

/** A trace, or what was asked of it, is not usable. The message names the file or the field, the value, and what is allowed. */
public final class TraceException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public TraceException(String message) {
        super(message);
    }
}
