package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills holes in the telemetry from what the checkpoints carry. Live telemetry may be thinned or lost; each checkpoint's
 * {@code steps.ndjson} is complete since the one before it, and outlives the checkpoint's pruning. Blocking and idempotent.
 */
final class StepBackfill {
    private static final Logger LOG = LoggerFactory.getLogger(StepBackfill.class);
    private static final Pattern STEPS_KEY =
            Pattern.compile("step-(\\d{8,9})/" + Pattern.quote(CheckpointLayout.STEPS));

    private final ReadModel readModel;
    private final ObjectStore store;

    StepBackfill(ReadModel readModel, ObjectStore store) {
        this.readModel = readModel;
        this.store = store;
    }

    /** Makes the records of a generation within (fromStep, toStep] complete, as far as the store has them. */
    void fill(Lease lease, int fromStep, int toStep) throws IOException {
        List<Integer> missing = readModel.missingSteps(lease, fromStep, toStep);
        if (!missing.isEmpty()) {
            append(lease, files(lease), new HashSet<>(missing));
        }
    }

    /** Makes everything complete that a generation has ever saved after {@code fromStep}. */
    void fillAll(Lease lease, int fromStep) throws IOException {
        List<StepsFile> files = files(lease);
        int last = files.stream().mapToInt(StepsFile::step).max().orElse(fromStep);
        Set<Integer> missing = new HashSet<>(readModel.missingSteps(lease, fromStep, last));
        append(lease, files, missing);
        if (!missing.isEmpty()) {
            LOG.warn("the store has no records of steps {} of {}; its history keeps that hole", missing, lease);
        }
    }

    private void append(Lease lease, List<StepsFile> files, Set<Integer> missing) throws IOException {
        for (StepsFile file : files) {
            if (missing.isEmpty()) {
                return;
            }
            // A file holds steps up to its checkpoint's own: an earlier one can't have what is missing.
            boolean mayHelp = missing.stream().anyMatch(step -> step <= file.step());
            if (mayHelp) {
                List<StepRecord> found = read(file.key()).stream()
                        .filter(record -> missing.contains(record.step()))
                        .toList();
                readModel.appendSteps(lease, found);
                found.forEach(record -> missing.remove(record.step()));
            }
        }
    }

    private List<StepsFile> files(Lease lease) throws IOException {
        String prefix = CheckpointLayout.generationPrefix(lease);
        List<StepsFile> files = new ArrayList<>();
        for (String key : store.list(prefix)) {
            Matcher form = STEPS_KEY.matcher(key.substring(prefix.length()));
            if (form.matches()) {
                files.add(new StepsFile(Integer.parseInt(form.group(1)), key));
            }
        }
        return files;
    }

    private List<StepRecord> read(String key) throws IOException {
        return store.get(key).map(bytes -> new String(bytes, UTF_8)).stream()
                .flatMap(String::lines)
                .filter(line -> !line.isBlank())
                .map(line -> ShardWire.parse(line, StepRecord.class))
                .toList();
    }

    private record StepsFile(int step, String key) {}
}
