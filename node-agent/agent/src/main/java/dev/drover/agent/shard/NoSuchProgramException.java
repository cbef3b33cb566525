package dev.drover.agent.shard;

import java.io.IOException;
import java.io.Serial;

/** The command names no program that can run here: the job's fault, not the node's. */
final class NoSuchProgramException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    NoSuchProgramException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
