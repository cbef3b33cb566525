package dev.drover.bench.chaos.check;

import dev.drover.bench.chaos.history.Entry.Acknowledged;
import dev.drover.bench.chaos.history.Entry.Ended;
import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A job that succeeded made, at every step of every shard, the loss that its spec makes undisturbed: the same bits. */
final class LossesChecker implements Checker {
    private static final String PROMISE = "losses";

    @Override
    public List<Violation> check(Story story) {
        List<Violation> found = new ArrayList<>();
        Set<JobId> succeeded = new HashSet<>();
        story.of(Ended.class).stream()
                .filter(ended -> ended.state().equals(JobState.SUCCEEDED.name()))
                .forEach(ended -> succeeded.add(ended.job()));
        Map<JobId, String> specs = new HashMap<>();
        for (Acknowledged answer : story.acknowledged()) {
            specs.put(answer.job(), answer.spec());
        }
        for (JobId job : succeeded) {
            String spec = specs.getOrDefault(job, "unknown");
            difference(
                            story.losses().getOrDefault(job, List.of()),
                            story.undisturbed().getOrDefault(spec, List.of()))
                    .ifPresent(what -> found.add(
                            new Violation(PROMISE, story.endedAt(), "job %s (%s): %s".formatted(job, spec, what))));
        }
        return found;
    }

    private static Optional<String> difference(List<TelemetryPoint> run, List<TelemetryPoint> undisturbed) {
        Map<String, String> wanted = bits(undisturbed);
        Map<String, String> made = bits(run);
        if (wanted.isEmpty()) {
            return Optional.of("there is no undisturbed run of it");
        }
        List<String> differences = new ArrayList<>();
        wanted.forEach((place, loss) -> {
            String here = made.getOrDefault(place, "missing");
            if (!here.equals(loss)) {
                differences.add("%s: %s, undisturbed %s".formatted(place, here, loss));
            }
        });
        made.keySet().stream()
                .filter(place -> !wanted.containsKey(place))
                .forEach(place -> differences.add(place + ": undisturbed there is no such step"));
        return differences.isEmpty()
                ? Optional.empty()
                : Optional.of("%d of %d losses differ, at first %s"
                        .formatted(differences.size(), wanted.size(), differences.getFirst()));
    }

    private static Map<String, String> bits(List<TelemetryPoint> points) {
        Map<String, String> bits = new TreeMap<>();
        points.stream()
                .filter(point -> !point.superseded())
                .forEach(point ->
                        bits.put("shard %d, step %05d".formatted(point.shard(), point.step()), point.lossBits()));
        return bits;
    }
}
