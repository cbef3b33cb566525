package dev.drover.planning.state;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobState;
import java.util.List;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePSet;

/**
 * Which jobs go after which. A job is waited for until it succeeds; one that is not known any more has: had it failed, those that
 * go after it would have been cancelled with it. Derived, never journalled.
 *
 * @param byAwaited jobs that have not succeeded, with those that go after them
 */
public record Dependencies(PMap<JobId, TreePSet<JobId>> byAwaited) {
    static final Dependencies NONE = new Dependencies(HashTreePMap.empty());

    /** The jobs that go after {@code awaited}, as long as it has not succeeded, by id. */
    public TreePSet<JobId> followers(JobId awaited) {
        return byAwaited.getOrDefault(awaited, TreePSet.empty());
    }

    /** What the job still waits for, as its owner listed it. */
    public List<JobId> awaitedBy(Job job) {
        return job.spec().scheduling().after().stream()
                .filter(awaited -> followers(awaited).contains(job.id()))
                .toList();
    }

    /** With a new job, which goes after those of {@code earlier} that have not succeeded. */
    Dependencies with(Job job, PMap<JobId, Long> earlier, PMap<JobId, Job> jobs) {
        PMap<JobId, TreePSet<JobId>> all = byAwaited;
        for (JobId awaited : job.spec().scheduling().after()) {
            boolean open = Optional.ofNullable(jobs.get(awaited))
                    .filter(known -> !known.finished().equals(Optional.of(JobState.SUCCEEDED)))
                    .isPresent();
            if (open && earlier.containsKey(awaited)) {
                all = all.plus(awaited, followers(awaited).plus(job.id()));
            }
        }
        return new Dependencies(all);
    }

    /** Nobody waits for {@code awaited} any more. */
    Dependencies met(JobId awaited) {
        return new Dependencies(byAwaited.minus(awaited));
    }

    /** The job has left, and waits for nothing. */
    Dependencies without(Job job) {
        PMap<JobId, TreePSet<JobId>> all = byAwaited;
        for (JobId awaited : awaitedBy(job)) {
            TreePSet<JobId> rest = followers(awaited).minus(job.id());
            all = rest.isEmpty() ? all.minus(awaited) : all.plus(awaited, rest);
        }
        return new Dependencies(all);
    }
}
