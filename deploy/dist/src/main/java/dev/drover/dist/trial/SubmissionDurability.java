package dev.drover.dist.trial;

import dev.drover.dist.demo.DemoApi.Answer;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * What was answered is never lost, and one key makes one job: submits over many connections, kills the controller with -9 in
 * the middle of it, starts it again, and submits everything once more.
 */
public final class SubmissionDurability {
    private static final PoolName QUEUE = new PoolName("queue");
    private static final PoolName FINISHED = new PoolName("finished");
    private static final int FINISHING = 2;
    private static final int LONGEST_DELAY_MILLIS = 30;

    private final Trial trial;
    private final int jobs;
    private final RandomGenerator random;
    private final List<String> violations = new ArrayList<>();

    private SubmissionDurability(Trial trial, int jobs, RandomGenerator random) {
        this.trial = trial;
        this.jobs = jobs;
        this.random = random;
    }

    /**
     * How a round went.
     *
     * @param killedAfter answers that the controller had given when the kill was decided
     * @param acknowledged submissions that were answered before the controller died
     * @param found of them, those that the next controller knew
     * @param distinct jobs there were after every key was submitted again, twice
     * @param restartSeconds from the kill until the API was ready again
     * @param violations what must not be, in words; empty when all held
     */
    public record Round(
            int jobs,
            int killedAfter,
            int acknowledged,
            int found,
            int distinct,
            double restartSeconds,
            List<String> violations) {
        public Round {
            violations = List.copyOf(violations);
        }
    }

    /**
     * Plays one round on a fresh Drover.
     *
     * @param jobs how many are submitted, at most 1000
     * @param random decides the moment of the kill
     */
    public static Round play(Trial trial, int jobs, RandomGenerator random)
            throws IOException, InterruptedException, TimeoutException {
        return new SubmissionDurability(trial, jobs, random).play();
    }

    private Round play() throws IOException, InterruptedException, TimeoutException {
        Map<Integer, JobId> done = finishSome();
        // No node may run there, so whatever is submitted stays in the state.
        trial.pool(QUEUE.value(), 0, 0, LeaseSpec.DEFAULT);
        int killAfter = random.nextInt(1, jobs);
        Map<Integer, JobId> acknowledged = submitAndKill(killAfter);
        long killed = System.nanoTime();
        trial.world().restartController();
        double restartSeconds = Duration.ofNanos(System.nanoTime() - killed).toMillis() / 1000.0;

        int found = find(acknowledged);
        Map<Integer, JobId> again = submitAll(QUEUE, jobs, 200, 201);
        compare("a key was answered with another job after the restart", acknowledged, again);
        compare("a key was answered with another job the third time", again, submitAll(QUEUE, jobs, 200));
        int distinct = new HashSet<>(again.values()).size();
        int listed = trial.api().jobs(QUEUE).size();
        require(
                distinct == jobs && listed == jobs,
                jobs + " keys made " + distinct + " jobs, and " + listed + " listed");
        refuseOtherBodies(QUEUE, jobs);

        compare("a finished job's key was answered with another job", done, submitAll(FINISHED, FINISHING, 200));
        refuseOtherBodies(FINISHED, FINISHING);
        int finished = trial.api().jobs(FINISHED).size();
        require(finished == FINISHING, FINISHING + " keys of finished jobs made " + finished + " jobs");
        return new Round(jobs, killAfter, acknowledged.size(), found, distinct, restartSeconds, violations);
    }

    private Map<Integer, JobId> finishSome() throws IOException, InterruptedException, TimeoutException {
        PoolSpec pool = trial.pool(FINISHED.value(), 1, 1, LeaseSpec.DEFAULT);
        Map<Integer, JobId> done = submitAll(FINISHED, FINISHING, 201);
        for (JobId job : done.values()) {
            JobView view = trial.await(job, seen -> seen.state().isFinal());
            require(view.state() == JobState.SUCCEEDED, "job " + job + " ended as " + view.state());
        }
        trial.api().putPool(pool.withNodes(0, 0));
        return done;
    }

    private Map<Integer, JobId> submitAndKill(int killAfter) throws InterruptedException {
        Map<Integer, JobId> acknowledged = new ConcurrentSkipListMap<>();
        AtomicInteger answers = new AtomicInteger();
        int delayMillis = random.nextInt(LONGEST_DELAY_MILLIS);
        Connections.run(jobs, () -> answers.get() < killAfter || trial.world().isControllerAlive(), key -> {
            trial.api().trySubmit(body(QUEUE, key), key(QUEUE, key)).job().ifPresent(job -> acknowledged.put(key, job));
            if (answers.incrementAndGet() == killAfter) {
                Thread.sleep(delayMillis);
                trial.world().killController();
            }
        });
        return new TreeMap<>(acknowledged);
    }

    private int find(Map<Integer, JobId> acknowledged) throws InterruptedException {
        AtomicInteger found = new AtomicInteger();
        List<Integer> keys = List.copyOf(acknowledged.keySet());
        List<String> failures = Connections.run(keys.size(), () -> true, index -> {
            JobId job = acknowledged.get(keys.get(index));
            if (job != null && trial.api().job(job).id().equals(job)) {
                found.incrementAndGet();
            }
        });
        failures.forEach(failure -> require(false, "an acknowledged job is not there: " + failure));
        return found.get();
    }

    private Map<Integer, JobId> submitAll(PoolName pool, int count, Integer... allowed) throws InterruptedException {
        Map<Integer, JobId> answered = new ConcurrentSkipListMap<>();
        List<String> failures = Connections.run(count, () -> true, key -> {
            Answer answer = trial.api().trySubmit(body(pool, key), key(pool, key));
            if (!List.of(allowed).contains(answer.status())) {
                throw new IOException(
                        "key %s was answered with %d: %s".formatted(key(pool, key), answer.status(), answer.body()));
            }
            answer.job().ifPresent(job -> answered.put(key, job));
        });
        violations.addAll(failures);
        return new TreeMap<>(answered);
    }

    private void refuseOtherBodies(PoolName pool, int count) throws InterruptedException {
        List<String> failures = Connections.run(count, () -> true, key -> {
            Answer answer = trial.api().trySubmit(body(pool, key) + "retries: 7\n", key(pool, key));
            if (answer.status() != 409) {
                throw new IOException("key %s with another body was answered with %d, not 409"
                        .formatted(key(pool, key), answer.status()));
            }
        });
        violations.addAll(failures);
    }

    private void compare(String what, Map<Integer, JobId> before, Map<Integer, JobId> after) {
        IntStream.range(0, jobs)
                .filter(key -> before.containsKey(key) && !before.get(key).equals(after.get(key)))
                .forEach(key -> violations.add(
                        what + ": key " + key + " made " + before.get(key) + ", then " + after.get(key)));
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            violations.add(otherwise);
        }
    }

    private static String key(PoolName pool, int number) {
        return pool + "-" + number;
    }

    /** The smallest training there is; each body is another one. */
    private String body(PoolName pool, int number) {
        return """
            name: durable-%d
            pool: %s
            resources: {accelerator: cpu, count: 1, memory: 512MiB}
            train:
              data: {path: "%s", context: 16}
              model: {layers: 1, width: 8, heads: 2, kvHeads: 1, feedForward: 16}
              steps: 3
              microBatch: 1
              evalEvery: 0
              evalBatches: 1
            """.formatted(number, pool, trial.text());
    }
}
