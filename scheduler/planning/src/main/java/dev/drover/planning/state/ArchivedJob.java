package dev.drover.planning.state;

import dev.drover.protocol.job.JobState;
import java.time.Instant;
import java.util.Optional;

/**
 * What a pool knows of a job that it has handed to the read model.
 *
 * @param at when it was archived
 * @param outcome how it ended; absent where a version archived it that did not keep this
 */
public record ArchivedJob(Instant at, Optional<JobState> outcome) {}
