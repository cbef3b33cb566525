package dev.drover.bench.chaos.check;

import dev.drover.bench.chaos.history.Entry.Acknowledged;
import dev.drover.bench.chaos.history.Entry.Asked;
import dev.drover.bench.chaos.history.Entry.Ended;
import dev.drover.bench.chaos.history.Entry.Submitting;
import dev.drover.planning.event.PoolEvent.JobSubmitted;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was answered is in the journal once, is of one key, and ends: it succeeds, or it was cancelled because somebody asked for it. Every key
 * is answered in the end, and the journal holds no job that nobody submitted.
 */
final class SubmissionsChecker implements Checker {
    private static final String PROMISE = "submissions";

    @Override
    public List<Violation> check(Story story) {
        List<Violation> found = new ArrayList<>();
        Map<JobId, Integer> journalled = new HashMap<>();
        story.events(JobSubmitted.class).forEach(event -> journalled.merge(event.job(), 1, Integer::sum));
        Map<String, JobId> jobs = new HashMap<>();
        Map<JobId, String> keys = new HashMap<>();
        for (Acknowledged answer : story.acknowledged()) {
            JobId earlier = jobs.putIfAbsent(answer.key(), answer.job());
            if (earlier != null && !earlier.equals(answer.job())) {
                found.add(new Violation(
                        PROMISE,
                        answer.at(),
                        "key %s made job %s and job %s".formatted(answer.key(), earlier, answer.job())));
            }
            String other = keys.putIfAbsent(answer.job(), answer.key());
            if (other != null && !other.equals(answer.key())) {
                found.add(new Violation(
                        PROMISE,
                        answer.at(),
                        "job %s is of key %s and of key %s".formatted(answer.job(), other, answer.key())));
            }
            if (journalled.getOrDefault(answer.job(), 0) != 1) {
                found.add(new Violation(
                        PROMISE,
                        answer.at(),
                        "job %s was answered by %s and is %d times in the journal"
                                .formatted(
                                        answer.job(), answer.scheduler(), journalled.getOrDefault(answer.job(), 0))));
            }
        }
        story.of(Submitting.class).stream()
                .filter(asked -> !jobs.containsKey(asked.key()))
                .forEach(asked ->
                        found.add(new Violation(PROMISE, asked.at(), "key " + asked.key() + " was never answered")));
        journalled.keySet().stream()
                .filter(job -> !keys.containsKey(job))
                .forEach(job -> found.add(
                        new Violation(PROMISE, story.endedAt(), "job " + job + " is in the journal, of no known key")));
        found.addAll(ends(story, keys.keySet()));
        return found;
    }

    private static List<Violation> ends(Story story, Set<JobId> accepted) {
        List<Violation> found = new ArrayList<>();
        Set<JobId> cancelled = new HashSet<>();
        story.of(Asked.class).forEach(asked -> cancelled.addAll(asked.job()));
        Map<JobId, String> states = new HashMap<>();
        story.of(Ended.class).forEach(ended -> states.put(ended.job(), ended.state()));
        for (JobId job : accepted) {
            String state = states.getOrDefault(job, "not ended");
            boolean asItShould = state.equals(JobState.SUCCEEDED.name())
                    || (state.equals(JobState.CANCELLED.name()) && cancelled.contains(job));
            if (!asItShould) {
                found.add(new Violation(PROMISE, story.endedAt(), "job " + job + " is " + state));
            }
        }
        return found;
    }
}
