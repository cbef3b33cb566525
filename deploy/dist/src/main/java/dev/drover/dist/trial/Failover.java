package dev.drover.dist.trial;

import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.demo.DemoApi.Answer;
import dev.drover.dist.trial.ClusterTrial.SchedulerProcess;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * What a change of schedulers looks like from outside: jobs are submitted at a steady rate to all schedulers while the one that
 * looks after their pool is ended. A client that gets no answer, or a 503, asks the next scheduler with the same key; once it has asked all it pauses before each.
 */
public final class Failover {
    private static final String POOL = "herd";
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int RETRYABLE = 503;

    /** As the command line's: from 0.1 to 2 s, or what the server asks for. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

    private static final int DOUBLED_AT_MOST = 4;

    private final ClusterTrial cluster;
    private final String round;
    private final LeaseSpec lease;
    private final List<DemoApi> apis;
    private final ConcurrentSkipListMap<Integer, JobId> acknowledged = new ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<Long> answeredAtNanos = new ConcurrentLinkedQueue<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final AtomicInteger submitted = new AtomicInteger();
    private final List<String> violations = new ArrayList<>();

    private volatile long endNanos = Long.MAX_VALUE;

    private Failover(ClusterTrial cluster, String round, LeaseSpec lease) {
        this.cluster = cluster;
        this.round = round;
        this.lease = lease;
        this.apis = new ArrayList<>();
        for (int i = 0; i < cluster.size(); i++) {
            apis.add(cluster.scheduler(i).api());
        }
    }

    /**
     * How it went.
     *
     * @param submitted how many jobs were
     * @param silenceSeconds the longest time without any submission being answered, from the signal on
     * @param others what clients met besides answers, in words
     * @param violations what must not be, in words; empty when all held
     */
    public record Outcome(int submitted, double silenceSeconds, Set<String> others, List<String> violations) {
        public Outcome {
            others = new TreeSet<>(others);
            violations = List.copyOf(violations);
        }
    }

    /**
     * Plays it once. The scheduler that was ended is started again, and ready, when this returns; the training still runs.
     *
     * @param round a name of its own on this cluster
     * @param lease of the pool that the training is in
     * @param kill kill -9; else SIGTERM
     * @param perSecond submissions
     * @param before seconds' worth of submissions that are answered before the signal, and over which their rate grows: processes that have
     *     just started are slow
     * @param after how long is submitted after it
     */
    public static Outcome play(
            ClusterTrial cluster,
            String round,
            LeaseSpec lease,
            boolean kill,
            int perSecond,
            Duration before,
            Duration after)
            throws IOException, InterruptedException, TimeoutException {
        Failover failover = new Failover(cluster, round, lease);
        try {
            return failover.play(kill, perSecond, before, after);
        } finally {
            failover.endNanos = Math.min(failover.endNanos, System.nanoTime());
            failover.apis.forEach(DemoApi::close);
        }
    }

    private Outcome play(boolean kill, int perSecond, Duration before, Duration after)
            throws IOException, InterruptedException, TimeoutException {
        JobView training = train();
        Set<Long> trainers = trainers();
        SchedulerProcess holder = cluster.holder(POOL);
        List<Thread> clients = new ArrayList<>();
        Thread load = Thread.ofPlatform().start(() -> submit(perSecond, before, clients));
        Deadline deadline = Deadline.in(PATIENCE);
        while (acknowledged.size() < perSecond * before.toSeconds()) {
            deadline.pause(() -> "only " + acknowledged.size() + " submissions were answered before the signal");
        }
        long signalled = System.nanoTime();
        endNanos = signalled + after.toNanos();
        if (kill) {
            holder.kill();
        } else {
            holder.terminate();
        }
        load.join();
        for (Thread client : clients) {
            client.join();
        }
        holder.awaitEnd();
        require(
                acknowledged.size() == submitted.get(),
                "of %d submissions %d were answered in the end".formatted(submitted.get(), acknowledged.size()));
        requireAllThere();
        requireUndisturbed(training, trainers);
        holder.start();
        holder.awaitReady();
        return new Outcome(submitted.get(), longestSilence(signalled), seen, violations);
    }

    /** One job that trains, and has the pool's one node for itself. */
    private JobView train() throws IOException, InterruptedException, TimeoutException {
        PoolSpec pool = Trial.spec(POOL, 1, 1, lease, false);
        apis.getFirst().putPool(pool);
        JobId id = apis.getFirst().submit(new SmallJob(cluster.text(), 100_000, 500).in(pool.name()), "training");
        return await(id, view -> Trial.isRunning(view, 1));
    }

    private Set<Long> trainers() throws IOException {
        Set<Long> pids = new HashSet<>();
        try (var all = ProcessHandle.allProcesses()) {
            for (ProcessHandle process : all.toList()) {
                if (cluster.isTrainer(process)) {
                    pids.add(process.pid());
                }
            }
        }
        return pids;
    }

    /** At a rate that grows to the wanted one, until the end that is set meanwhile. */
    private void submit(int perSecond, Duration growing, List<Thread> clients) {
        long start = System.nanoTime();
        try {
            for (int number = 0; System.nanoTime() < endNanos; number++) {
                int key = number;
                submitted.incrementAndGet();
                clients.add(Thread.ofVirtual().start(() -> submitUntilAnswered(key)));
                long wait = start + dueNanos(number + 1, perSecond, growing) - System.nanoTime();
                if (wait > 0) {
                    Thread.sleep(Duration.ofNanos(wait));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** When the so manieth submission is due: the rate is r t / T up to T, so by t there are r t^2 / 2T, and then it is r. */
    private static long dueNanos(int number, int perSecond, Duration growing) {
        double seconds = growing.toNanos() / 1e9;
        double whileGrowing = perSecond * seconds / 2;
        double due = number < whileGrowing
                ? Math.sqrt(2 * seconds * number / perSecond)
                : seconds + (number - whileGrowing) / perSecond;
        return (long) (due * 1e9);
    }

    private void submitUntilAnswered(int key) {
        String body = body(key);
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (int tried = 0; System.nanoTime() < end; tried++) {
                Duration asked = Duration.ZERO;
                try {
                    Answer answer = apis.get((key + tried) % apis.size()).trySubmit(body, round + "-" + key);
                    if (answer.job().isPresent()) {
                        answeredAtNanos.add(System.nanoTime());
                        acknowledged.put(key, answer.job().get());
                        return;
                    }
                    asked = answer.retryAfter();
                    seen.add("status " + answer.status());
                    if (answer.status() != RETRYABLE) {
                        return;
                    }
                } catch (IOException e) {
                    seen.add(e.getClass().getSimpleName());
                }
                int pauses = tried + 2 - apis.size();
                if (pauses > 0) {
                    Thread.sleep(pause(pauses, asked));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The so manieth; drawn, so that the clients do not come back as one. What the server asks for is kept to. */
    private static Duration pause(int number, Duration asked) {
        Duration longest = SHORTEST_PAUSE.multipliedBy(1L << Math.min(number, DOUBLED_AT_MOST));
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long own = random.nextLong(longest.toNanos() / 2, longest.toNanos());
        return Duration.ofNanos(Math.max(own, asked.toNanos() + random.nextLong(asked.toNanos() / 2 + 1)));
    }

    private String body(int key) {
        return """
            name: waits-%d
            pool: %s
            resources: {accelerator: cpu, count: 1, memory: 512MiB}
            train:
              data: {path: "%s", context: 16}
              model: {layers: 1, width: 8, heads: 2, kvHeads: 1, feedForward: 16}
              steps: 3
            """.formatted(key, POOL, cluster.text());
    }

    private double longestSilence(long fromNanos) {
        long last = fromNanos;
        long longest = 0;
        for (long at :
                answeredAtNanos.stream().filter(at -> at > fromNanos).sorted().toList()) {
            longest = Math.max(longest, at - last);
            last = at;
        }
        longest = Math.max(longest, endNanos - last);
        return Duration.ofNanos(longest).toMillis() / 1000.0;
    }

    private void requireAllThere() throws InterruptedException {
        Map<Integer, JobId> made = new TreeMap<>(acknowledged);
        int distinct = new HashSet<>(made.values()).size();
        require(distinct == made.size(), made.size() + " keys made " + distinct + " jobs");
        List<JobId> jobs = List.copyOf(made.values());
        List<DemoApi> alive = new ArrayList<>();
        for (int i = 0; i < cluster.size(); i++) {
            if (cluster.scheduler(i).isAlive()) {
                alive.add(apis.get(i));
            }
        }
        List<String> failures = Connections.run(jobs.size(), () -> true, index -> {
            JobId job = jobs.get(index);
            JobView view = alive.get(index % alive.size()).job(job);
            if (view.state() == JobState.FAILED || view.state() == JobState.CANCELLED) {
                throw new IOException("job " + job + " is " + view.state());
            }
        });
        failures.forEach(failure -> require(false, "an acknowledged job is not there: " + failure));
    }

    private void requireUndisturbed(JobView training, Set<Long> trainers)
            throws IOException, InterruptedException, TimeoutException {
        JobView now = await(training.id(), view -> true);
        require(
                Trial.isRunning(now, 1) && now.shards().getFirst().attempts().size() == 1,
                "the training did not go on undisturbed: " + now.shards());
        Set<Long> still = trainers();
        require(still.equals(trainers), "training processes were " + trainers + " and are " + still);
    }

    private JobView await(JobId id, Predicate<JobView> condition)
            throws IOException, InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        for (int ask = 0; ; ask++) {
            int index = ask % apis.size();
            if (cluster.scheduler(index).isAlive()) {
                try {
                    JobView view = apis.get(index).job(id);
                    if (condition.test(view)) {
                        return view;
                    }
                } catch (IOException e) {
                    seen.add(e.getClass().getSimpleName());
                }
            }
            deadline.pause(() -> "job " + id + " does not come that far");
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            violations.add(otherwise);
        }
    }
}
