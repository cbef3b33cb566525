package dev.drover.protocol.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A job: stable from submission to the read model, through every eviction. */
public record JobId(@JsonValue String value) implements Comparable<JobId> {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public JobId {
        Names.requireLabel("job", value);
    }

    @Override
    public int compareTo(JobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
