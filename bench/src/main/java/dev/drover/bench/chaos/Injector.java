package dev.drover.bench.chaos;

import dev.drover.bench.chaos.history.Entry.FaultBegan;
import dev.drover.bench.chaos.history.Entry.FaultHealed;
import dev.drover.bench.chaos.history.Entry.FaultSkipped;
import dev.drover.bench.chaos.history.Fault;
import dev.drover.bench.chaos.history.FaultPlan.Planned;
import dev.drover.bench.chaos.history.HistoryFile;
import dev.drover.cloud.CloudException;
import dev.drover.cloud.Instance;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Does faults to a world, and heals them. */
final class Injector {
    private static final Duration LONG_NOTICE = Duration.ofSeconds(30);
    private static final Duration SHORTER_NOTICE = Duration.ofSeconds(20);
    private static final Duration LATE_NOTICE = Duration.ofSeconds(2);
    private static final Duration ANSWER_LOST_AFTER = Duration.ofSeconds(15);
    private static final Duration TARGET_WITHIN = Duration.ofSeconds(60);
    private static final Duration TARGET_AGAIN = Duration.ofSeconds(1);
    private static final String FILLER = "filler";

    private final ChaosWorld world;
    private final HistoryFile history;
    private final CheckpointDamage damage;
    private final Consumer<String> progress;

    Injector(ChaosWorld world, HistoryFile history, CheckpointDamage damage, Consumer<String> progress) {
        this.world = world;
        this.history = history;
        this.damage = damage;
        this.progress = progress;
    }

    private interface Healing {
        void heal() throws IOException, InterruptedException;
    }

    /** What was done, and how it is healed. */
    private record Done(String target, List<NodeId> nodes, List<CheckpointRef> damaged, Optional<Healing> healing) {
        static Done to(String target, Healing healing) {
            return new Done(target, List.of(), List.of(), Optional.of(healing));
        }

        static Done to(Node node, Healing healing) {
            return new Done(node.toString(), List.of(node.id()), List.of(), Optional.of(healing));
        }

        static Done to(Node node) {
            return new Done(node.toString(), List.of(node.id()), List.of(), Optional.empty());
        }
    }

    private record Begun(Instant at, Done done) {}

    /** A node that a fault happens to. */
    private record Node(Instance instance, List<NodeProcess> processes) {
        NodeId id() {
            return instance.node();
        }

        List<NodeProcess> agent() {
            return processes.stream().filter(process -> !process.trainer()).toList();
        }

        List<NodeProcess> trainers() {
            return processes.stream().filter(NodeProcess::trainer).toList();
        }

        @Override
        public String toString() {
            return "%s (%s)".formatted(instance.node(), instance.instanceId());
        }
    }

    /** There is nothing that the fault could happen to. */
    private static final class NothingToHit extends Exception {
        private static final long serialVersionUID = 1;

        NothingToHit(String why) {
            super(why);
        }
    }

    /** Does it, waits for as long as it lasts, and heals it. */
    void play(Planned planned) throws InterruptedException {
        Begun begun;
        try {
            begun = injectOnceThereIsATarget(planned.fault());
        } catch (NothingToHit | IOException | CloudException | IllegalArgumentException e) {
            history.add(new FaultSkipped(Instant.now(), planned.number(), String.valueOf(e.getMessage())));
            progress.accept("#%d %s skipped: %s".formatted(planned.number(), planned.fault(), e.getMessage()));
            return;
        }
        Done done = begun.done();
        history.add(new FaultBegan(
                begun.at(), planned.number(), planned.fault(), done.target(), done.nodes(), done.damaged()));
        progress.accept("#%d %s -> %s".formatted(planned.number(), planned.fault(), done.target()));
        if (done.healing().isPresent()) {
            try {
                Thread.sleep(planned.fault().lasts());
            } finally {
                heal(planned, done.healing().get());
            }
        } else {
            history.add(new FaultHealed(Instant.now(), planned.number()));
        }
    }

    private void heal(Planned planned, Healing healing) throws InterruptedException {
        try {
            healing.heal();
        } catch (IOException | CloudException e) {
            progress.accept("#%d could not be healed: %s".formatted(planned.number(), e.getMessage()));
        }
        history.add(new FaultHealed(Instant.now(), planned.number()));
        progress.accept("#%d %s healed"
                .formatted(planned.number(), planned.fault().getClass().getSimpleName()));
    }

    /** Nodes come and go: where there is none to hit now, there may be one soon. */
    private Begun injectOnceThereIsATarget(Fault fault) throws NothingToHit, IOException, InterruptedException {
        Instant end = Instant.now().plus(TARGET_WITHIN);
        while (true) {
            Instant at = Instant.now();
            try {
                return new Begun(at, inject(fault));
            } catch (NothingToHit e) {
                if (at.isAfter(end)) {
                    throw e;
                }
            }
            Thread.sleep(TARGET_AGAIN);
        }
    }

    private Done inject(Fault fault) throws NothingToHit, IOException, InterruptedException {
        return switch (fault) {
            case Fault.OfControl control -> injectControl(control);
            case Fault.OfNode node -> injectNode(node);
            case Fault.CheckpointDamaged(int pick, boolean dropped) -> {
                CheckpointRef ref = damage.damage(pick, dropped)
                        .orElseThrow(() -> new NothingToHit("no shard has two valid checkpoints and none damaged"));
                yield new Done(ref.toString(), List.of(), List.of(ref), Optional.empty());
            }
            case Fault.AnswersLost ignored -> {
                world.drills().loseAnswers(ANSWER_LOST_AFTER);
                yield Done.to("cloud", () -> world.drills().answer());
            }
        };
    }

    private Done injectControl(Fault.OfControl fault) throws IOException, InterruptedException {
        Hosts hosts = world.hosts();
        return switch (fault) {
            case Fault.SchedulerKilled(int scheduler, var lasts) -> kill(List.of(scheduler));
            case Fault.MajorityKilled(int survivor, var lasts) -> kill(others(survivor));
            case Fault.SchedulerFrozen(int scheduler, var lasts) -> {
                String pid = "" + world.schedulers().get(scheduler).pid();
                Shell.run("kill", "-STOP", pid);
                yield Done.to("scheduler " + scheduler, () -> Shell.works("kill", "-CONT", pid));
            }
            case Fault.SchedulerIsolated(int scheduler, var lasts) ->
                cut("scheduler " + scheduler, scheduler, others(scheduler));
            case Fault.SchedulersApart(int one, int other, var lasts) ->
                cut("schedulers " + one + " and " + other, one, List.of(other));
            case Fault.SchedulerWithoutDatabase(int scheduler, var lasts) ->
                cut("scheduler " + scheduler, scheduler, List.of(world.postgresHost()));
            case Fault.SchedulerSlow(int scheduler, var lasts) -> {
                hosts.slow(scheduler);
                yield Done.to("scheduler " + scheduler, () -> hosts.quicken(scheduler));
            }
            case Fault.DatabaseKilled ignored -> {
                world.postgres().kill();
                yield Done.to("PostgreSQL", world.postgres()::start);
            }
            case Fault.DatabaseStopped ignored -> {
                world.postgres().stop();
                yield Done.to("PostgreSQL", world.postgres()::start);
            }
        };
    }

    private Done kill(List<Integer> victims) throws InterruptedException {
        world.kill(victims);
        return Done.to("scheduler " + victims, () -> {
            for (int victim : victims) {
                world.start(victim);
            }
        });
    }

    private Done cut(String target, int host, List<Integer> from) throws IOException, InterruptedException {
        for (int other : from) {
            world.hosts().cut(host, other);
        }
        return Done.to(target, () -> {
            for (int other : from) {
                world.hosts().join(host, other);
            }
        });
    }

    private static List<Integer> others(int scheduler) {
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < ChaosWorld.SCHEDULERS; i++) {
            if (i != scheduler) {
                others.add(i);
            }
        }
        return others;
    }

    private Done injectNode(Fault.OfNode fault) throws NothingToHit, IOException, InterruptedException {
        Node node = pick(fault.pick());
        return switch (fault) {
            case Fault.AgentKilled ignored -> signal(node, "KILL", node.agent());
            case Fault.TrainerKilled ignored -> signal(node, "KILL", node.trainers());
            case Fault.NodeFrozen ignored -> freeze(node, node.processes());
            case Fault.AgentFrozen ignored -> freeze(node, node.agent());
            case Fault.NodeCut ignored -> {
                Done cut = cut("", host(node), List.of(0, 1, 2));
                yield Done.to(node, cut.healing().orElseThrow());
            }
            case Fault.NodeSlow ignored -> {
                int host = host(node);
                world.hosts().slow(host);
                yield Done.to(node, () -> world.hosts().quicken(host));
            }
            case Fault.DiskFull ignored -> fill(node);
            case Fault.NoticeTwice ignored -> {
                world.drills().evict(node.id(), LONG_NOTICE);
                world.drills().evict(node.id(), SHORTER_NOTICE);
                yield Done.to(node);
            }
            case Fault.NoticeLate ignored -> {
                world.drills().evict(node.id(), LATE_NOTICE);
                yield Done.to(node);
            }
            case Fault.NoticeLost ignored -> {
                world.drills().kill(node.id());
                yield Done.to(node);
            }
        };
    }

    private Node pick(int pick) throws NothingToHit, IOException {
        List<Instance> running = world.running();
        if (running.isEmpty()) {
            throw new NothingToHit("no instance runs");
        }
        Instance instance = running.get(pick % running.size());
        Path parent =
                Objects.requireNonNull(world.instance(instance.instanceId()).getParent());
        List<NodeProcess> processes = NodeProcess.under(parent).stream()
                .filter(process -> process.instanceId().equals(instance.instanceId()))
                .toList();
        return new Node(instance, processes);
    }

    private int host(Node node) throws NothingToHit, IOException {
        return world.hosts()
                .hostOf(node.instance().instanceId())
                .orElseThrow(() -> new NothingToHit(node + " has no host yet"));
    }

    private static Done signal(Node node, String signal, List<NodeProcess> processes)
            throws NothingToHit, InterruptedException {
        if (processes.isEmpty()) {
            throw new NothingToHit(node + " has no such process");
        }
        NodeProcess.signal(signal, processes);
        return Done.to(node);
    }

    private static Done freeze(Node node, List<NodeProcess> processes) throws NothingToHit, InterruptedException {
        signal(node, "STOP", processes);
        return Done.to(node, () -> NodeProcess.signal("CONT", processes));
    }

    /** Writes until there is no room on the node's disk; never on one that it shares, as while it has none of its own yet. */
    private Done fill(Node node) throws NothingToHit, IOException {
        Path own = world.instance(node.instance().instanceId());
        if (Files.getFileStore(own).equals(Files.getFileStore(world.store()))) {
            throw new NothingToHit(node + " has no disk of its own yet");
        }
        Path filler = own.resolve(FILLER);
        byte[] block = new byte[1 << 16];
        try {
            while (true) {
                Files.write(filler, block, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            if (!Files.exists(filler)) {
                throw e;
            }
        }
        return Done.to(node, () -> Files.deleteIfExists(filler));
    }
}
