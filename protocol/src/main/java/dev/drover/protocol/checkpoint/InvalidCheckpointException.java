package dev.drover.protocol.checkpoint;

import java.io.Serial;

/** A checkpoint that is not complete and valid: which file, and why. */
public final class InvalidCheckpointException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String file;

    public InvalidCheckpointException(String file, String why) {
        super(file + " " + why);
        this.file = file;
    }

    public InvalidCheckpointException(String file, String why, Throwable cause) {
        super(file + " " + why, cause);
        this.file = file;
    }

    /** The store's key of the file at fault. */
    public String file() {
        return file;
    }
}
