package dev.drover.http;

import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.InvalidCheckpointException;
import dev.drover.protocol.checkpoint.Manifest;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Lists the checkpoints a job has in the store. */
final class CheckpointRoutes {
    private final Jobs jobs;
    private final ObjectStore store;

    CheckpointRoutes(Jobs jobs, ObjectStore store) {
        this.jobs = jobs;
        this.store = store;
    }

    List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/v1/jobs/{job}/checkpoints", this::checkpoints));
    }

    private HttpResponse checkpoints(Call call) throws IOException {
        JobId job = call.withoutQuery().job();
        jobs.poolOf(job);
        List<Checkpoint> valid = new ArrayList<>();
        List<Invalid> invalid = new ArrayList<>();
        for (String key : store.list(CheckpointLayout.jobPrefix(job))) {
            Optional<byte[]> content =
                    key.endsWith("/" + CheckpointLayout.MANIFEST) ? store.get(key) : Optional.empty();
            if (content.isPresent()) {
                try {
                    valid.add(Checkpoint.of(ManifestJson.read(key, content.get())));
                } catch (InvalidCheckpointException e) {
                    invalid.add(new Invalid(key, String.valueOf(e.getMessage())));
                }
            }
        }
        valid.sort(Comparator.comparingInt(Checkpoint::shard)
                .thenComparingInt(Checkpoint::step)
                .thenComparingInt(Checkpoint::generation));
        return Answers.json(200, new Checkpoints(job, valid, invalid));
    }

    /**
     * A job's checkpoints, by shard and step.
     *
     * @param invalid manifests that are torn or altered: nothing resumes from them
     */
    record Checkpoints(JobId job, List<Checkpoint> checkpoints, List<Invalid> invalid) {}

    /** A checkpoint whose manifest is sound. The files themselves are verified when it is used. */
    record Checkpoint(
            int shard, int generation, int step, Instant createdAt, int files, long bytes, String manifestDigest) {
        static Checkpoint of(Manifest manifest) {
            return new Checkpoint(
                    manifest.lease().shard().index(),
                    manifest.lease().generation(),
                    manifest.step(),
                    manifest.createdAt(),
                    manifest.files().size(),
                    manifest.files().stream().mapToLong(Manifest.Entry::length).sum(),
                    ManifestJson.digest(manifest));
        }
    }

    /** A manifest that is none. */
    record Invalid(String key, String why) {}
}
