package dev.drover.protocol.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A node: one instance and the agent on it. Chosen by the pool before the launch, so that it also serves as the launch's client token. */
public record NodeId(@JsonValue String value) implements Comparable<NodeId> {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public NodeId {
        Names.requireLabel("node", value);
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
