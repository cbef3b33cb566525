package dev.drover.protocol.job;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Names;
import dev.drover.protocol.pool.LadderReader;
import dev.drover.protocol.pool.RungSpec;
import dev.drover.protocol.spec.SpecFields;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Reads the fields of a job that say when it runs, on what, and at what cost. */
final class SchedulingSpecReader {
    private static final int MOST_PRIORITY = 1000;
    private static final int MOST_AFTER = 64;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3650);

    /** Later ones are typing errors, and too far away to be counted in nanoseconds. */
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    private static final String DEADLINE_ALLOWED =
            "a duration of 1s to 3650d from the submission, as 60h, or an instant from 1970 to 2199, as"
                    + " 2026-11-25T08:00:00Z";

    private SchedulingSpecReader() {}

    static SchedulingSpec read(SpecFields job) {
        return new SchedulingSpec(
                job.integer("priority", SchedulingSpec.DEFAULT.priority(), -MOST_PRIORITY, MOST_PRIORITY),
                job.texts("after", MOST_AFTER, Names::isLabel, "a job's id, as job-1").stream()
                        .distinct()
                        .map(JobId::new)
                        .toList(),
                job.flag("gang", SchedulingSpec.DEFAULT.gang()),
                job.parsed("deadline", SchedulingSpecReader::deadline, DEADLINE_ALLOWED),
                job.money("budget"),
                job.duration("computeTime", SHORTEST, LONGEST),
                LadderReader.read(job));
    }

    /** Notes each rung's micro-batch that the program can't run with. */
    static void checkMicroBatches(SpecFields job, List<RungSpec> ladder, ProgramSpec program) {
        for (int i = 0; i < ladder.size(); i++) {
            RungSpec rung = ladder.get(i);
            String field = "ladder[" + i + "].microBatch";
            rung.microBatch().ifPresent(microBatch -> {
                String value = String.valueOf(microBatch);
                if (rung.accelerator().isEmpty()) {
                    job.problem(field, value, "it in a rung that names its accelerator");
                }
                switch (program) {
                    case ProgramSpec.Command command ->
                        job.problem(field, value, "it with train: a command has its own batches");
                    case ProgramSpec.Trainer(var train) -> {
                        long global = (long) train.microBatch() * train.accumulation();
                        if (global % microBatch != 0) {
                            job.problem(
                                    field,
                                    value,
                                    "a number that divides the global batch (train.microBatch x train.accumulation = "
                                            + global + ")");
                        }
                    }
                }
            });
        }
    }

    private static Deadline deadline(String text) {
        Deadline deadline = Deadline.parse(text);
        boolean allowed = switch (deadline) {
            case Deadline.Within(Duration time) -> time.compareTo(SHORTEST) >= 0 && time.compareTo(LONGEST) <= 0;
            case Deadline.At(Instant instant) -> !instant.isBefore(Instant.EPOCH) && instant.isBefore(LATEST);
        };
        if (!allowed) {
            throw new IllegalArgumentException(text);
        }
        return deadline;
    }
}
