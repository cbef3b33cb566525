package dev.drover.protocol.job;

import dev.drover.protocol.spec.InvalidSpecException;
import dev.drover.protocol.spec.SpecFields;
import dev.drover.protocol.spec.SpecText;
import java.util.ArrayList;
import java.util.List;

/** Reads many jobs of one pool as they are submitted together: {@code jobs: [{...}, {...}]}, YAML or JSON. */
public final class JobBatchReader {
    /** Most jobs of one batch. */
    public static final int MAX_JOBS = 1_000;

    private JobBatchReader() {}

    /**
     * The jobs in their order, at least one.
     *
     * @throws InvalidSpecException with every problem found, as {@code jobs[3].shards}
     */
    public static List<JobSpec> read(String text, DataFiles files) {
        SpecFields batch = SpecFields.of(SpecText.parse(text));
        List<SpecFields> all = batch.objects("jobs", MAX_JOBS);
        if (all.isEmpty() && batch.isSound()) {
            batch.problem("jobs", "[]", "1 to " + MAX_JOBS + " jobs, as [{name: my-job, ...}]");
        }
        List<JobSpec> jobs = new ArrayList<>();
        for (SpecFields fields : all) {
            JobSpecReader.read(fields, files).ifPresent(job -> {
                jobs.add(job);
                if (!job.pool().equals(jobs.getFirst().pool())) {
                    fields.problem("pool", job.pool().value(), jobs.getFirst().pool() + ": a batch is for one pool");
                }
            });
        }
        batch.finish();
        batch.throwIfAnyProblem();
        return jobs;
    }
}
