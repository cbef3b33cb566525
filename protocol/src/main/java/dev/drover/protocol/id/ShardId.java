package dev.drover.protocol.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A shard: the unit of dispatch, slice {@code index} (from 0) of its job. Written {@code job/index}. */
public record ShardId(JobId job, int index) implements Comparable<ShardId> {
    public ShardId {
        if (index < 0) {
            throw new IllegalArgumentException("shard: index " + index + " is not allowed; use 0 or more");
        }
    }

    /** Reads the form {@code job/index}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ShardId parse(String text) {
        int slash = text.lastIndexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("shard: '" + text + "' is not of the form job/index");
        }
        return new ShardId(new JobId(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    @Override
    public int compareTo(ShardId other) {
        int byJob = job.compareTo(other.job);
        return byJob != 0 ? byJob : Integer.compare(index, other.index);
    }

    @Override
    @JsonValue
    public String toString() {
        return job + "/" + index;
    }
}
