package dev.drover.persistence.journal;

import java.io.Serial;

/** Bytes of the journal that this version can't read or write. Nothing was changed; a newer version may know them. */
public final class JournalFormatException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public JournalFormatException(String message) {
        super(message);
    }

    public JournalFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
