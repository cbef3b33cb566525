package dev.drover.protocol.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The right to run one generation of a shard.
 *
 * <p>The generation is the fence: it only grows, and whoever reports under an older one is refused. Written {@code
 * job/index@generation}.
 */
public record Lease(ShardId shard, int generation) implements Comparable<Lease> {
    public Lease {
        if (generation < 1) {
            throw new IllegalArgumentException("generation: " + generation + " is not allowed; use 1 or more");
        }
    }

    /** Reads the form {@code job/index@generation}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Lease parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("lease: '" + text + "' is not of the form job/index@generation");
        }
        return new Lease(ShardId.parse(text.substring(0, at)), Integer.parseInt(text.substring(at + 1)));
    }

    @Override
    public int compareTo(Lease other) {
        int byShard = shard.compareTo(other.shard);
        return byShard != 0 ? byShard : Integer.compare(generation, other.generation);
    }

    @Override
    @JsonValue
    public String toString() {
        return shard + "@" + generation;
    }
}
