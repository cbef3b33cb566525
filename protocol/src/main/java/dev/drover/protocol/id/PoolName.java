package dev.drover.protocol.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A pool: what an operator owns, one persistent actor each. */
public record PoolName(@JsonValue String value) implements Comparable<PoolName> {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public PoolName {
        Names.requireLabel("pool", value);
    }

    @Override
    public int compareTo(PoolName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
