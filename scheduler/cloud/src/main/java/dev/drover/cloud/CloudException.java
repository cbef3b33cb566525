package dev.drover.cloud;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A cloud could not be asked, or what came of the call is unknown. Repeating the call is safe. */
public final class CloudException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public CloudException(String message) {
        super(message);
    }

    public CloudException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
