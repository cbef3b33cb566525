package dev.drover.protocol.shard;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** What an agent tells a training process. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ToShard.Prepare.class, name = "prepare"),
    @JsonSubTypes.Type(value = ToShard.Start.class, name = "start"),
    @JsonSubTypes.Type(value = ToShard.Save.class, name = "save"),
    @JsonSubTypes.Type(value = ToShard.Stop.class, name = "stop"),
})
public sealed interface ToShard {
    /**
     * Do ahead what does not depend on the state: load the data, build the model, warm up. Answered by {@code prepared}.
     * Optional: a program that does not know it ignores it, and {@code start} must then do everything.
     */
    record Prepare(Assignment assignment) implements ToShard {}

    /**
     * Train, from the checkpoint directory {@code resumeFrom} or from the beginning. Files there are verified by the agent
     * and are read-only.
     */
    record Start(Assignment assignment, @Nullable String resumeFrom) implements ToShard {}

    /** Save at the next step boundary and go on. Answered by {@code saved}. */
    record Save() implements ToShard {}

    /**
     * Stop at the next step boundary, save, answer {@code saved} and {@code stopped}, and exit. What is not done by
     * {@code deadlineEpochMillis} is not waited for.
     */
    record Stop(long deadlineEpochMillis) implements ToShard {}
}
