package dev.drover.simulation.world;

import dev.drover.planning.Intent;
import dev.drover.planning.PoolDecider;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.simulation.world.check.Checker;
import dev.drover.simulation.world.check.Checkers;
import dev.drover.simulation.world.check.Fact;
import dev.drover.simulation.world.check.Findings;
import dev.drover.simulation.world.check.Reality;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A whole pool in virtual time, out of one seed: a cloud, agents, a network, a store, operators, and a controller around the very
 * code that decides in production. First everything goes wrong, then everything heals and every job must finish.
 *
 * <p>It guarantees that the same options give the same world. It does not show what only real processes do: serialization,
 * sockets, the journal's database.
 */
public final class World {
    private final WorldOptions options;
    private final Ground ground;
    private final Watch watch;
    private final VirtualStore store;
    private final VirtualCloud cloud;
    private final Network network;
    private final Controller controller;
    private final CloudCalls calls;
    private final Desk desk;
    private final Operators operators;
    private final Faults faults;

    private World(WorldOptions options, PoolMind mind) {
        this.options = options;
        Setting setting = setting(options);
        this.ground = new Ground(options.seed(), setting, this::happened);
        this.watch = new Watch(checkers(setting), ground.time());
        this.store = new VirtualStore(ground);
        this.cloud = new VirtualCloud(ground, this::newAgent);
        this.controller = new Controller(ground, mind, watch, this::perform, this::hangUpAll);
        this.network = new Network(ground, controller, cloud::agent);
        this.calls = new CloudCalls(ground, cloud, controller);
        this.desk = new Desk(ground, store, controller);
        this.operators = new Operators(ground, controller);
        this.faults = new Faults(ground, cloud, store, network, controller, desk, operators);
    }

    /** Lives through a world with the pool's own decider. */
    public static WorldReport run(WorldOptions options) {
        return run(options, PoolMind.of(new PoolDecider()));
    }

    /** Lives through a world with {@code mind} deciding. */
    public static WorldReport run(WorldOptions options, PoolMind mind) {
        return new World(options, mind).live();
    }

    private static Setting setting(WorldOptions options) {
        Chance chance = Chance.of(options.seed(), "setting");
        return switch (options.kind()) {
            case WILD ->
                Setting.wild(chance, Chance.of(options.seed(), "buying"), Chance.of(options.seed(), "budgets"));
            case LARGE -> Setting.large(chance);
        };
    }

    private WorldReport live() {
        operators.open();
        controller.tickOn();
        new MarketLook(ground, cloud, calls, controller).lookOn();
        faults.begin();
        pass(ground.setting().faulty(), () -> false);
        faults.heal();
        pass(operators.enough(), () -> controller.state().jobs().isEmpty());
        pass(untilGone(), () -> cloud.runningCount() == 0);
        happened(new Fact.ControllerRecovered(controller.state(), controller.refolded()));
        watch.ended(controller.state());
        return report();
    }

    private void pass(Duration most, BooleanSupplier enough) {
        long limit = ground.time().millis() + most.toMillis();
        boolean more = true;
        while (more && !enough.getAsBoolean() && watch.findings().count() < Findings.MOST) {
            more = ground.time().next(limit);
        }
    }

    /** Long enough for every idle, silent or unknown instance to be noticed as such, and ended. */
    private Duration untilGone() {
        Tempo tempo = ground.setting().tempo();
        return ground.setting()
                .pool()
                .idleTimeout()
                .multipliedBy(2)
                .plus(tempo.lease().length().multipliedBy(6))
                .plus(ground.setting().grace().multipliedBy(2))
                .plus(Duration.ofMinutes(10));
    }

    private void happened(Fact fact) {
        watch.happened(fact);
    }

    private VirtualAgent newAgent(NodeId node) {
        Chance chance = ground.chance("agent " + node);
        VirtualAgent agent =
                new VirtualAgent(node, ground, store, network, chance, () -> cloud.end(node, VirtualCloud.Ended.LEFT));
        Duration boot = ground.setting().tempo().boot();
        boolean never = !ground.isHealed() && chance.happens(ground.setting().wildness() / 20);
        if (never) {
            ground.count("agent never came up");
        } else {
            ground.time().after(chance.between(boot.dividedBy(2), boot.multipliedBy(2)), agent::boot);
        }
        return agent;
    }

    private void hangUpAll() {
        cloud.running().forEach(instance -> instance.agent().hangUp());
    }

    private void perform(Intent intent) {
        switch (intent) {
            case Intent.LaunchNode launch -> calls.launch(launch);
            case Intent.TerminateNode terminate -> calls.terminate(terminate.node());
            case Intent.KillNode kill -> calls.kill(kill.node());
            case Intent.ProbeNode probe -> calls.probe(probe.node());
            case Intent.TellAgent tell -> network.toAgent(tell.node(), tell.command());
            case Intent.ReadCheckpoints read -> desk.read(read);
            case Intent.Archive archive -> desk.archive(archive.job().id());
        }
    }

    private WorldReport report() {
        boolean holds = watch.findings().isEmpty();
        return new WorldReport(
                options,
                Duration.ofMillis(ground.time().millis()),
                cloud.nodeHours(),
                watch.decisions(),
                ground.counts(),
                watch.events(),
                watch.findings().first(),
                watch.findings().count(),
                holds ? List.of() : watch.story().lines());
    }

    private List<Checker> checkers(Setting setting) {
        Duration reaped = setting.grace()
                .plus(setting.tempo().look().multipliedBy(3))
                .plus(setting.tempo().tick().multipliedBy(2));
        return Checkers.all(new Seen(), reaped, setting.tempo().tick());
    }

    /** The world as the checkers may ask it. */
    private final class Seen implements Reality {
        @Override
        public Optional<Fact.Progress> progress(Lease lease) {
            return cloud.running().stream()
                    .flatMap(instance -> instance.agent().progress(lease).stream())
                    .findFirst();
        }

        @Override
        public Collection<NodeId> running() {
            return cloud.running().stream().map(VirtualInstance::node).toList();
        }

        @Override
        public int steps(JobId job) {
            return operators.training(job).steps();
        }
    }
}
