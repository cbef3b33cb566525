package dev.drover.protocol.tls;

import java.io.IOException;
import java.io.Serial;

/** A certificate or key that can't be used: which, what is wrong with it, and what is allowed. Never what is in it. */
public final class TlsException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    TlsException(String message) {
        super(message);
    }

    TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
