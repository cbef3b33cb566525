package dev.drover.protocol.shard;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What a training process tells its agent. Messages arrive in the order they were sent. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FromShard.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = FromShard.Prepared.class, name = "prepared"),
    @JsonSubTypes.Type(value = FromShard.Step.class, name = "step"),
    @JsonSubTypes.Type(value = FromShard.Saved.class, name = "saved"),
    @JsonSubTypes.Type(value = FromShard.SaveFailed.class, name = "save-failed"),
    @JsonSubTypes.Type(value = FromShard.Stopped.class, name = "stopped"),
    @JsonSubTypes.Type(value = FromShard.Done.class, name = "done"),
    @JsonSubTypes.Type(value = FromShard.Failed.class, name = "failed"),
})
public sealed interface FromShard {
    /** What stands for a reason that the program left out. */
    String NO_REASON = "the program gave no reason";

    /** The process is up and waits for an assignment. */
    record Ready(String program, String version) implements FromShard {}

    /** Everything that does not depend on the state is in place; a {@code start} now takes effect at once. */
    record Prepared() implements FromShard {}

    /** A step was made. */
    record Step(StepRecord record) implements FromShard {
        public Step {
            requireNonNull(record, "record: is missing");
        }
    }

    /**
     * The state after {@code step} lies complete and fsynced in {@code dir}. Every {@code step} message up to it was sent
     * before. The agent adds {@code steps.ndjson} and the manifest, and may move or delete {@code dir}.
     */
    record Saved(int step, String dir, double pauseMillis, double writeMillis) implements FromShard {
        public Saved {
            requireNonNull(dir, "dir: is missing");
        }
    }

    /**
     * The state after {@code step} could not be written, say because the disk is full. Training goes on; the next save is
     * made when it is due.
     *
     * @param reason one line: what was attempted and what stood in the way
     */
    record SaveFailed(int step, String reason) implements FromShard {
        public SaveFailed {
            reason = requireNonNullElse(reason, NO_REASON);
        }
    }

    /** The process obeyed a {@link ToShard.Stop} after this step and ends now. */
    record Stopped(int step) implements FromShard {}

    /** The last step was made and saved; without a checkpoint of it the shard has failed. Step 0: there was none to make. */
    record Done(int step) implements FromShard {}

    /**
     * The program itself failed: this counts against the job's retries.
     *
     * @param reason one line: what was attempted, with which values, and what the reader can do
     * @param detail a stack trace or other evidence, may be empty
     */
    record Failed(String reason, String detail) implements FromShard {
        public Failed {
            reason = requireNonNullElse(reason, NO_REASON);
            detail = requireNonNullElse(detail, "");
        }
    }
}
