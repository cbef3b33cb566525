package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.drover.persistence.read.ReadModel;
import dev.drover.persistence.read.StepRange;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
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

    /**
     * Makes the records of a generation within (fromStep, toStep] complete, as far as the store has them.
     *
     * @return up to where there is nothing left to do: no further than the store has files, whatever {@code toStep} claims
     */
    int fill(Lease lease, int fromStep, int toStep) throws IOException {
        List<StepRange> missing = readModel.missingSteps(lease, fromStep, toStep);
        if (missing.isEmpty()) {
            return toStep;
        }
        List<StepsFile> files = files(lease);
        var unused = append(lease, files, missing);
        return Math.min(toStep, last(files, fromStep));
    }

    /** Makes everything complete that a generation has ever saved after {@code fromStep}. */
    void fillAll(Lease lease, int fromStep) throws IOException {
        List<StepsFile> files = files(lease);
        List<StepRange> missing = append(lease, files, readModel.missingSteps(lease, fromStep, last(files, fromStep)));
        if (!missing.isEmpty()) {
            LOG.warn("the store has no records of steps {} of {}; its history keeps that hole", missing, lease);
        }
    }

    private static int last(List<StepsFile> files, int fromStep) {
        return files.stream().mapToInt(StepsFile::step).max().orElse(fromStep);
    }

    /** Adds what the files have of {@code missing}, and says what is missing still. */
    private List<StepRange> append(Lease lease, List<StepsFile> files, List<StepRange> missing) throws IOException {
        List<StepRange> left = missing;
        for (StepsFile file : files) {
            // A file holds steps up to its checkpoint's own: an earlier one can't have what is missing.
            if (!left.isEmpty() && left.getFirst().first() <= file.step()) {
                NavigableMap<Integer, StepRecord> made = new TreeMap<>();
                read(file.key()).forEach(record -> made.putIfAbsent(record.step(), record));
                readModel.appendSteps(
                        lease,
                        left.stream()
                                .flatMap(
                                        range -> made.subMap(range.first(), true, range.last(), true).values().stream())
                                .toList());
                left = left.stream()
                        .flatMap(range -> range.without(made.navigableKeySet()).stream())
                        .toList();
            }
        }
        return left;
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
