package dev.drover.protocol.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.spec.InvalidSpecException;
import dev.drover.protocol.spec.SpecFields;
import dev.drover.protocol.spec.SpecText;
import java.util.List;
import java.util.Optional;

/**
 * Reads a job as people write it, YAML or JSON, and fills in the defaults.
 *
 * <p>Only what runs is required: {@code train.data.path} for the built-in program, or {@code command}. The result is
 * complete and within limits; whether its pool exists is for the pool's owner to say.
 */
public final class JobSpecReader {
    /** Most shards of one job. */
    public static final int MAX_SHARDS = 64;

    private static final ByteSize DEFAULT_MEMORY = ByteSize.parse("1GiB");
    private static final ByteSize MAX_MEMORY = ByteSize.parse("64TiB");

    private JobSpecReader() {}

    /**
     * Reads a job without looking at its data files.
     *
     * @throws InvalidSpecException with every problem found
     */
    public static JobSpec read(String text) {
        return read(text, DataFiles.unchecked());
    }

    /**
     * Reads a job, and asks {@code files} about its data.
     *
     * @throws InvalidSpecException with every problem found
     */
    public static JobSpec read(String text, DataFiles files) {
        return read(SpecText.parse(text), files);
    }

    /**
     * Reads a job from a tree that {@link SpecText} made.
     *
     * @throws InvalidSpecException with every problem found
     */
    public static JobSpec read(ObjectNode tree, DataFiles files) {
        SpecFields job = SpecFields.of(tree);
        Optional<JobSpec> spec = read(job, files);
        job.throwIfAnyProblem();
        return spec.orElseThrow();
    }

    /** The same of a job that is part of a larger text, whose problems are noted in it; empty once there are any. */
    static Optional<JobSpec> read(SpecFields job, DataFiles files) {
        String name = job.label("name", "job");
        PoolName pool = new PoolName(job.label("pool", "default"));
        int shards = job.integer("shards", 1, 1, MAX_SHARDS);
        Resources resources = resources(job.object("resources"));
        CheckpointSpec checkpoint = checkpoint(job.object("checkpoint"));
        int retries = job.integer("retries", 2, 0, 1000);
        SchedulingSpec scheduling = SchedulingSpecReader.read(job);
        ProgramSpec program = program(job, files);
        if (job.isSound()) {
            SchedulingSpecReader.checkMicroBatches(job, scheduling.ladder(), program);
        }
        job.finish();
        return job.isSound()
                ? Optional.of(new JobSpec(name, pool, shards, resources, program, checkpoint, retries, scheduling))
                : Optional.empty();
    }

    private static Resources resources(SpecFields fields) {
        Resources resources = new Resources(
                fields.label("accelerator", "cpu"),
                fields.integer("count", 1, 1, 64),
                fields.bytes("memory", DEFAULT_MEMORY, MAX_MEMORY));
        fields.finish();
        return resources;
    }

    private static CheckpointSpec checkpoint(SpecFields fields) {
        CheckpointSpec checkpoint = new CheckpointSpec(
                fields.integer("every", 20, 1, TrainSpecReader.MAX_STEPS), fields.integer("keep", 3, 1, 1000));
        fields.finish();
        return checkpoint;
    }

    private static ProgramSpec program(SpecFields job, DataFiles files) {
        if (job.has("command") && job.has("train")) {
            job.problem("command", "besides train", "either train or command");
        }
        if (job.has("command")) {
            List<String> command = job.texts("command", 256, text -> true, "a text of 1 to 4096 printable characters");
            if (command.isEmpty() && job.isSound()) {
                job.problem("command", "[]", "a program and its arguments, as [python3, train.py]");
            }
            job.raw("train");
            return new ProgramSpec.Command(command, commandSpec(job));
        }
        if (!job.has("train")) {
            job.raw("train");
            job.raw("command");
            job.problem("train", "", "train for the built-in program, or command for your own");
            return new ProgramSpec.Command(List.of(), JsonNodeFactory.instance.objectNode());
        }
        job.texts("command", 256, text -> true, "");
        return new ProgramSpec.Trainer(TrainSpecReader.read(job.object("train"), files));
    }

    /** Passed on as it is; the agent reads {@code threads} alone, and only where that is a number. */
    private static JsonNode commandSpec(SpecFields job) {
        JsonNode spec = job.raw("spec").orElseGet(JsonNodeFactory.instance::objectNode);
        JsonNode threads = spec.path("threads");
        boolean isCount = threads.isIntegralNumber()
                && threads.canConvertToInt()
                && threads.intValue() >= 1
                && threads.intValue() <= TrainSpecReader.MAX_THREADS;
        if (threads.isNumber() && !isCount) {
            job.problem("spec.threads", threads.asText(), "a whole number from 1 to " + TrainSpecReader.MAX_THREADS);
        }
        return spec;
    }
}
