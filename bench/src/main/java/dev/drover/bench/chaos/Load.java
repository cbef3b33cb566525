package dev.drover.bench.chaos;

import dev.drover.bench.chaos.Campaign.Settings;
import dev.drover.bench.chaos.history.Entry;
import dev.drover.bench.chaos.history.Entry.Acknowledged;
import dev.drover.bench.chaos.history.Entry.Asked;
import dev.drover.bench.chaos.history.Entry.Ended;
import dev.drover.bench.chaos.history.Entry.Submitting;
import dev.drover.bench.chaos.history.HistoryFile;
import dev.drover.dist.demo.DemoApi;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What people do meanwhile: each client has one job at a time, submitted with a key to any scheduler and waited for; an operator cancels a
 * job, pauses and scales the pool now and then.
 */
final class Load {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long LOOK_MILLIS = 1_000;
    private static final int OPERATOR_SECONDS = 25;
    private static final Duration PAUSED = Duration.ofSeconds(4);

    private final ChaosWorld world;
    private final HistoryFile history;
    private final Map<String, ChaosJob> jobs;
    private final Settings settings;
    private final AtomicInteger number;
    private final ConcurrentLinkedDeque<Pending> earlier = new ConcurrentLinkedDeque<>();
    private final ConcurrentSkipListSet<JobId> live = new ConcurrentSkipListSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closing;
    private volatile boolean abandoned;

    /** A submission that an interrupted campaign has left: without a job where it was not answered. */
    record Pending(String key, String spec, Optional<JobId> job) {}

    /** Goes on from what is in {@code past}. */
    Load(ChaosWorld world, HistoryFile history, Map<String, ChaosJob> jobs, Settings settings, List<Entry> past) {
        this.world = world;
        this.history = history;
        this.jobs = jobs;
        this.settings = settings;
        earlier.addAll(pending(past));
        this.number = new AtomicInteger(
                (int) past.stream().filter(Submitting.class::isInstance).count());
    }

    private static List<Pending> pending(List<Entry> past) {
        List<Pending> pending = new ArrayList<>();
        for (Entry entry : past) {
            switch (entry) {
                case Submitting asked -> pending.add(new Pending(asked.key(), asked.spec(), Optional.empty()));
                case Acknowledged answer ->
                    pending.replaceAll(one -> one.key().equals(answer.key())
                            ? new Pending(answer.key(), answer.spec(), Optional.of(answer.job()))
                            : one);
                case Ended ended -> pending.removeIf(one -> one.job().equals(Optional.of(ended.job())));
                default -> {}
            }
        }
        return pending;
    }

    /** That many clients, and the operator. */
    void start(int clients) {
        for (int i = 0; i < clients; i++) {
            int client = i;
            threads.add(Thread.ofPlatform().daemon().name("client-" + i).start(() -> submit(client)));
        }
        threads.add(Thread.ofPlatform().daemon().name("operator").start(this::operate));
    }

    /** Jobs that were answered and have not ended. */
    Collection<JobId> live() {
        return live;
    }

    /** Waits until a shard of each client's first job trains, so that faults meet trainings. */
    void awaitTraining(int clients, Duration limit) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + limit.toNanos();
        try (Clients own = new Clients(world.schedulers(), 0)) {
            while (true) {
                int training = 0;
                for (JobId job : live) {
                    JobView view = own.ask("job " + job, limit, () -> abandoned, api -> api.job(job))
                            .value();
                    training += view.shards().stream().anyMatch(shard -> shard.step() > 0) ? 1 : 0;
                }
                if (training >= clients) {
                    return;
                }
                if (System.nanoTime() > end) {
                    throw new TimeoutException("only %d of %d jobs train".formatted(training, clients));
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    /** Submits no more, and waits until all that was submitted has ended, or {@code limit} has passed. */
    void finish(Duration limit) throws InterruptedException {
        closing = true;
        long end = System.nanoTime() + limit.toNanos();
        for (Thread thread : threads) {
            long left = end - System.nanoTime();
            if (left > 0) {
                thread.join(Duration.ofNanos(left));
            }
        }
        abandoned = true;
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }

    private void submit(int client) {
        Random random = new Random(settings.seed() * 31 + client);
        List<String> names = ChaosJob.names(jobs);
        try (Clients clients = new Clients(world.schedulers(), client)) {
            for (Pending left = earlier.poll(); left != null; left = earlier.poll()) {
                live(clients, left);
            }
            while (!closing) {
                String spec = names.get(random.nextInt(names.size()));
                String key = "job-" + number.incrementAndGet();
                history.add(new Submitting(Instant.now(), key, spec));
                live(clients, new Pending(key, spec, Optional.empty()));
            }
        } catch (InterruptedException | TimeoutException e) {
            // What was not answered, or has not ended, is seen in the history.
            Thread.currentThread().interrupt();
        }
    }

    /** From its submission to its end; the same key is sent once more when it was answered. */
    private void live(Clients clients, Pending pending) throws InterruptedException, TimeoutException {
        JobId job;
        if (pending.job().isPresent()) {
            job = pending.job().get();
        } else {
            job = send(clients, pending);
            send(clients, pending);
        }
        live.add(job);
        while (true) {
            JobView view = clients.ask("job " + job, PATIENCE, () -> abandoned, api -> api.job(job))
                    .value();
            if (view.state().isFinal()) {
                live.remove(job);
                history.add(new Ended(Instant.now(), job, view.state().name()));
                return;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private JobId send(Clients clients, Pending pending) throws InterruptedException, TimeoutException {
        String yaml = Objects.requireNonNull(jobs.get(pending.spec())).in(ChaosJob.HERD, world.text());
        Clients.Answered<JobId> answer = clients.ask(
                "submission " + pending.key(), PATIENCE, () -> abandoned, api -> api.submit(yaml, pending.key()));
        history.add(new Acknowledged(Instant.now(), pending.key(), pending.spec(), answer.value(), answer.scheduler()));
        return answer.value();
    }

    private void operate() {
        Random random = new Random(settings.seed() * 37);
        try (Clients clients = new Clients(world.schedulers(), 1)) {
            int turn = 0;
            while (!closing) {
                for (int i = 0; i < OPERATOR_SECONDS && !closing; i++) {
                    Thread.sleep(LOOK_MILLIS);
                }
                if (!closing) {
                    operate(clients, random, turn++);
                }
            }
            scale(clients, ChaosJob.MIN_NODES, ChaosJob.MAX_NODES);
        } catch (InterruptedException | TimeoutException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void operate(Clients clients, Random random, int turn) throws InterruptedException, TimeoutException {
        switch (turn % 4) {
            case 0 -> scale(clients, 1 + random.nextInt(3), 4 + random.nextInt(3));
            case 1 -> {
                ask(clients, "pause", List.of(), api -> api.pause(ChaosJob.HERD));
                Thread.sleep(PAUSED);
                ask(clients, "resume", List.of(), api -> api.resume(ChaosJob.HERD));
            }
            case 2 -> scale(clients, ChaosJob.MIN_NODES, ChaosJob.MAX_NODES);
            default -> {
                List<JobId> some = List.copyOf(live);
                if (!some.isEmpty()) {
                    JobId job = some.get(random.nextInt(some.size()));
                    // Noted before: it may be cancelled though nobody hears of it.
                    history.add(new Asked(Instant.now(), "cancel", List.of(job)));
                    ask(clients, "cancelled", List.of(job), api -> cancel(api, job));
                }
            }
        }
    }

    private static void cancel(DemoApi api, JobId job) throws IOException, InterruptedException {
        try {
            api.cancel(job);
        } catch (IOException e) {
            // It is refused for a job that has ended, which is as good.
            if (!api.job(job).state().isFinal()) {
                throw e;
            }
        }
    }

    private void scale(Clients clients, int min, int max) throws InterruptedException, TimeoutException {
        ask(
                clients,
                "scale to %d..%d".formatted(min, max),
                List.of(),
                api -> api.putPool(ChaosJob.pool(ChaosJob.HERD, min, max, settings.lease())));
    }

    private interface Request {
        void send(DemoApi api) throws IOException, InterruptedException;
    }

    private void ask(Clients clients, String what, List<JobId> job, Request request)
            throws InterruptedException, TimeoutException {
        clients.ask(what, PATIENCE, () -> abandoned, api -> {
            request.send(api);
            return true;
        });
        history.add(new Asked(Instant.now(), what, job));
    }
}
