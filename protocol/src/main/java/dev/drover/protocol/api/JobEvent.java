package dev.drover.protocol.api;

import dev.drover.protocol.id.JobId;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something that happened to a job, for people and live streams.
 *
 * @param sequence grows within the job; a stream resumes after it
 */
public record JobEvent(
        JobId job, long sequence, Instant at, OptionalInt shard, String kind, String text, Optional<Reason> reason) {}
