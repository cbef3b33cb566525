package dev.drover.trainer;

import java.util.Objects;

/** Training can't begin or go on. The message is one line for the job's owner: what, with which values, and what to do. */
public final class TrainingFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TrainingFailure(String reason) {
        super(reason);
    }

    public TrainingFailure(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** The message, which is always there. */
    public String reason() {
        return Objects.requireNonNull(getMessage());
    }
}
