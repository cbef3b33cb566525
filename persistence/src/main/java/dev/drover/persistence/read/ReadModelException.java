package dev.drover.persistence.read;

import java.io.Serial;

/** The read model could not be read or written. Its writes are idempotent: try again. */
public final class ReadModelException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public ReadModelException(String attempted, Throwable cause) {
        super("can't " + attempted + ": " + cause.getMessage(), cause);
    }
}
