package dev.drover.bench.chaos;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.drover.bench.chaos.check.Story;
import dev.drover.bench.chaos.history.Entry;
import dev.drover.bench.chaos.history.Entry.FaultBegan;
import dev.drover.bench.chaos.history.Entry.FaultSkipped;
import dev.drover.bench.chaos.history.Fault;
import dev.drover.bench.chaos.history.FaultPlan;
import dev.drover.bench.chaos.history.FaultPlan.Planned;
import dev.drover.bench.chaos.history.HistoryFile;
import dev.drover.cloud.CloudException;
import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * One campaign in a directory of its own: an undisturbed run of every spec, then faults while jobs are submitted, then all is healed and every
 * job must end. What happened is in {@code history.ndjson} and {@code journal.txt}; with these an interrupted campaign goes on.
 */
final class Campaign {
    private static final Duration CALM_LIMIT = Duration.ofMinutes(10);
    private static final Duration WHOLE_LIMIT = Duration.ofMinutes(2);
    private static final Duration EMPTY_LIMIT = Duration.ofMinutes(3);

    private final Path directory;
    private final Settings settings;
    private final HistoryFile history;
    private final Map<String, ChaosJob> jobs;
    private final long startNanos = System.nanoTime();

    Campaign(Path directory, Settings settings) {
        this.directory = directory;
        this.settings = settings;
        this.history = new HistoryFile(directory.resolve("history.ndjson"));
        this.jobs = ChaosJob.of(settings.seed(), settings.specs());
    }

    /**
     * What a campaign is; kept in its directory.
     *
     * @param jobs live at a time
     * @param specs of jobs
     * @param lease of the pools
     * @param tag that all names of its hosts begin with
     */
    record Settings(long seed, int faults, int jobs, int specs, Duration lease, boolean loopback, String tag) {
        private static final String FILE = "campaign.json";

        void write(Path directory) throws IOException {
            Files.createDirectories(directory);
            Files.write(directory.resolve(FILE), DroverJson.mapper().writeValueAsBytes(this));
        }

        static Settings read(Path directory) throws IOException {
            return DroverJson.mapper().readValue(Files.readAllBytes(directory.resolve(FILE)), Settings.class);
        }
    }

    /** What came of it, and under which conditions. */
    record Outcome(Story story, String hosts, List<String> missing, double seconds) {}

    /** Runs what is left of it. Everything that it made but the directory is taken away again, however it ends. */
    Outcome run() throws IOException, InterruptedException, TimeoutException, SQLException {
        Hosts hosts = hosts();
        Ending ending = new Ending(hosts);
        Thread hook = new Thread(ending::interrupted, "campaign-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            List<Entry> past = history.read();
            ChaosWorld world = ChaosWorld.start(directory, hosts, history);
            ending.world(world);
            history.add(new Entry.Began(Instant.now()));
            say("three schedulers, PostgreSQL and the cloud run: " + hosts.about());
            Story story = disturb(world, past);
            ending.end();
            List<String> left = new ArrayList<>(hosts.left());
            left.addAll(Leftovers.processes(directory));
            return new Outcome(
                    story.withLeft(left), hosts.about(), hosts.missing(), (System.nanoTime() - startNanos) / 1e9);
        } finally {
            ending.end();
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private Hosts hosts() throws IOException, InterruptedException {
        if (settings.loopback()) {
            return new LoopbackHosts("as it was asked");
        }
        try {
            return NamespaceHosts.make(settings.tag(), directory.resolve("hosts"));
        } catch (IOException e) {
            return new LoopbackHosts("no network namespaces here: " + e.getMessage());
        }
    }

    /** Ends the world once, at the end or when the campaign is interrupted. */
    private final class Ending {
        private final Hosts hosts;
        private final List<ChaosWorld> worlds = new ArrayList<>();
        private boolean ended;

        Ending(Hosts hosts) {
            this.hosts = hosts;
        }

        synchronized void world(ChaosWorld world) {
            worlds.add(world);
        }

        void interrupted() {
            history.add(new Entry.Interrupted(Instant.now()));
            System.err.println("interrupted; it goes on with: bench/chaos --resume " + directory);
            try {
                end();
            } catch (IOException | InterruptedException e) {
                System.err.println("not all of it could be ended: " + e.getMessage());
            }
        }

        synchronized void end() throws IOException, InterruptedException {
            if (!ended) {
                ended = true;
                worlds.forEach(ChaosWorld::close);
                hosts.remove();
            }
        }
    }

    private Story disturb(ChaosWorld world, List<Entry> past)
            throws IOException, InterruptedException, TimeoutException {
        Map<String, List<TelemetryPoint>> calm = undisturbed(world);
        JournalCopy journal =
                new JournalCopy(world.postgres().database(), ChaosJob.HERD.value(), directory.resolve("journal.txt"));
        put(world, ChaosJob.MIN_NODES, ChaosJob.MAX_NODES);
        Load load = new Load(world, history, jobs, settings, past);
        try (Watch _ = new Watch(world, history, journal)) {
            load.start(settings.jobs());
            load.awaitTraining(settings.jobs(), CALM_LIMIT);
            inject(world, load, past);
            long healed = System.nanoTime();
            healed(world);
            say("all is healed; waiting for %d live jobs".formatted(load.live().size()));
            load.finish(Duration.ofMinutes(10));
            say("all jobs have ended %.0f s after the last fault was healed; ending the nodes"
                    .formatted((System.nanoTime() - healed) / 1e9));
            put(world, 0, 0);
            awaitEmpty(world);
        }
        journal.follow();
        return new StoryReader(world, ChaosJob.HERD, calm).read(history.read(), journal.events());
    }

    private void put(ChaosWorld world, int min, int max) throws InterruptedException, TimeoutException {
        try (Clients clients = new Clients(world.schedulers(), 0)) {
            clients.ask("pool herd", WHOLE_LIMIT, () -> false, api -> {
                api.putPool(ChaosJob.pool(ChaosJob.HERD, min, max, settings.lease()));
                return true;
            });
        }
    }

    /** The losses of every spec when nothing happens to it; of an earlier run of this campaign, if there are any. */
    private Map<String, List<TelemetryPoint>> undisturbed(ChaosWorld world)
            throws IOException, InterruptedException, TimeoutException {
        Path file = directory.resolve("undisturbed.json");
        if (Files.exists(file)) {
            return DroverJson.mapper().readValue(Files.readAllBytes(file), new TypeReference<>() {});
        }
        Map<String, List<TelemetryPoint>> losses = new HashMap<>();
        try (Clients clients = new Clients(world.schedulers(), 0)) {
            clients.ask("pool calm", WHOLE_LIMIT, () -> false, api -> {
                api.putPool(ChaosJob.pool(ChaosJob.CALM, 0, 2 * ChaosJob.SHARDS, settings.lease()));
                return true;
            });
            Map<String, JobId> trained = new HashMap<>();
            for (ChaosJob job : jobs.values()) {
                String yaml = job.in(ChaosJob.CALM, world.text());
                trained.put(
                        job.name(),
                        clients.ask(job.name(), WHOLE_LIMIT, () -> false, api -> api.submit(yaml, job.name()))
                                .value());
            }
            long end = System.nanoTime() + CALM_LIMIT.toNanos();
            for (Map.Entry<String, JobId> job : trained.entrySet()) {
                while (clients.ask("state", WHOLE_LIMIT, () -> false, api -> api.job(job.getValue()))
                                .value()
                                .state()
                        != JobState.SUCCEEDED) {
                    if (System.nanoTime() > end) {
                        throw new TimeoutException("the undisturbed run of " + job.getKey() + " does not end");
                    }
                    Thread.sleep(500);
                }
                losses.put(
                        job.getKey(),
                        clients.ask("losses", WHOLE_LIMIT, () -> false, api -> api.history(job.getValue()))
                                .value());
            }
            clients.ask("pool calm", WHOLE_LIMIT, () -> false, api -> {
                api.putPool(ChaosJob.pool(ChaosJob.CALM, 0, 0, settings.lease()));
                return true;
            });
        }
        Files.write(file, DroverJson.mapper().writeValueAsBytes(losses));
        say("undisturbed: " + jobs.values());
        return losses;
    }

    private void inject(ChaosWorld world, Load load, List<Entry> past) throws InterruptedException {
        Set<Integer> done = new HashSet<>();
        List<CheckpointRef> damaged = new ArrayList<>();
        for (Entry entry : past) {
            if (entry instanceof FaultBegan began) {
                done.add(began.number());
                damaged.addAll(began.damaged());
            } else if (entry instanceof FaultSkipped skipped) {
                done.add(skipped.number());
            }
        }
        List<Planned> plan = FaultPlan.of(
                        settings.seed(), settings.faults(), world.hosts().leftOut())
                .stream()
                .filter(planned -> !done.contains(planned.number()))
                .toList();
        Injector injector = new Injector(
                world,
                history,
                new CheckpointDamage(world.store(), load::live, damaged),
                line -> say("%s   [%d live jobs]".formatted(line, load.live().size())));
        long began = System.nanoTime();
        List<Thread> playing = new ArrayList<>();
        for (Planned planned : plan) {
            Duration due = planned.at().minus(plan.getFirst().at());
            long wait = due.toMillis() - (System.nanoTime() - began) / 1_000_000;
            Thread.sleep(Math.max(0, wait));
            playing.add(Thread.ofPlatform()
                    .daemon()
                    .name("fault-" + planned.number())
                    .start(() -> play(world, injector, planned)));
        }
        for (Thread one : playing) {
            one.join();
        }
    }

    private void play(ChaosWorld world, Injector injector, Planned planned) {
        try {
            if (planned.fault() instanceof Fault.OfControl) {
                awaitWhole(world);
            }
            injector.play(planned);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            history.add(new FaultSkipped(Instant.now(), planned.number(), String.valueOf(e.getMessage())));
            say("#%d skipped: %s".formatted(planned.number(), e.getMessage()));
        }
    }

    private static void awaitWhole(ChaosWorld world) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + WHOLE_LIMIT.toNanos();
        while (!world.silent().isEmpty()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException(
                        "schedulers %s did not answer within %s".formatted(world.silent(), WHOLE_LIMIT));
            }
            Thread.sleep(500);
        }
    }

    private void healed(ChaosWorld world) throws InterruptedException {
        try {
            awaitWhole(world);
        } catch (TimeoutException e) {
            unhealed(String.valueOf(e.getMessage()));
        }
    }

    private void unhealed(String what) {
        history.add(new Entry.Unhealed(Instant.now(), what));
        say(what);
    }

    private void awaitEmpty(ChaosWorld world) throws InterruptedException {
        long end = System.nanoTime() + EMPTY_LIMIT.toNanos();
        while (System.nanoTime() < end) {
            try {
                if (world.running().isEmpty()) {
                    return;
                }
            } catch (CloudException e) {
                say("the cloud does not answer: " + e.getMessage());
            }
            Thread.sleep(500);
        }
        unhealed("instances still run %s after the pool was told to have none".formatted(EMPTY_LIMIT));
    }

    private void say(String what) {
        System.err.printf("[%6.1f s] %s%n", (System.nanoTime() - startNanos) / 1e9, what);
    }
}
