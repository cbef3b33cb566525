package dev.drover.simulation.world;

import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.CheckpointSpec;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Those who use the pool: they submit, cancel, scale, pause, drain, drill and pay. */
final class Operators {
    private static final int RETRIES = 3;
    private static final int MOST_EXTRA_JOBS = 12;
    private static final int RAISED_EVERY_UNITS = 20;

    private final Ground ground;
    private final Controller controller;
    private final Chance chance;
    private final Wishes wishes;
    private final Map<JobId, Submitted> submitted = new LinkedHashMap<>();
    private Duration work = Duration.ZERO;
    private Duration chain = Duration.ZERO;

    /**
     * A job, as its owner knows it.
     *
     * @param chain how long it takes, with all that it goes after
     */
    private record Submitted(Training training, Duration chain) {}

    Operators(Ground ground, Controller controller) {
        this.ground = ground;
        this.controller = controller;
        this.chance = ground.chance("jobs");
        this.wishes = new Wishes(ground.setting(), ground.chance("wishes"), ground.chance("job budgets"));
    }

    void open() {
        controller.ask(new PoolCommand.ConfigurePool(ground.setting().pool()));
        for (int i = 0; i < ground.setting().jobs(); i++) {
            submit();
        }
    }

    Training training(JobId job) {
        return Optional.ofNullable(submitted.get(job)).orElseThrow().training();
    }

    /**
     * Time enough for all that was submitted to train twice: one shard after the other on each node there may be, a gang alone,
     * and what goes after another job when that is done; and to raise the budgets a dozen times.
     */
    Duration enough() {
        return work.dividedBy(ground.setting().pool().maxNodes())
                .plus(chain)
                .multipliedBy(2)
                .plus(ground.setting().tempo().units(400 + 12 * RAISED_EVERY_UNITS));
    }

    private void count(SchedulingSpec scheduling) {
        if (scheduling.gang()) {
            ground.count("gang submitted");
        }
        if (scheduling.deadline().isPresent()) {
            ground.count("deadline set");
        }
        if (scheduling.budget().isPresent()) {
            ground.count("budget set");
        }
        if (!scheduling.after().isEmpty()) {
            ground.count("job after another");
        }
    }

    private void expect(JobId job, Training training, int shards, SchedulingSpec scheduling) {
        Duration alone = training.time();
        int nodes = scheduling.gang() ? ground.setting().pool().maxNodes() : shards;
        Duration before = scheduling.after().stream()
                .map(awaited -> Objects.requireNonNull(submitted.get(awaited)).chain())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        work = work.plus(alone.multipliedBy(nodes));
        Duration whole = before.plus(alone);
        chain = whole.compareTo(chain) > 0 ? whole : chain;
        submitted.put(job, new Submitted(training, whole));
    }

    /** A submission is repeated until it is answered; here it is only made while there is somebody to answer. */
    void submit() {
        if (!controller.isUp() || submitted.size() >= ground.setting().jobs() + MOST_EXTRA_JOBS) {
            return;
        }
        JobId job = new JobId("j" + (submitted.size() + 1));
        Setting setting = ground.setting();
        Training training = training(setting.tempo());
        int shards = 1 + chance.upTo(setting.shardsPerJob());
        SchedulingSpec scheduling = wishes.scheduling(List.copyOf(submitted.keySet()), shards, training.time());
        expect(job, training, shards, scheduling);
        count(scheduling);
        int size = chance.oneIn(4) ? 2 : 1;
        JobSpec spec = new JobSpec(
                "job",
                setting.pool().name(),
                shards,
                new Resources(Setting.ACCELERATOR, hasLarge() ? size : 1, new ByteSize(0)),
                new ProgramSpec.Command(List.of("train"), training.json()),
                new CheckpointSpec(training.every(), 2 + chance.upTo(3)),
                RETRIES,
                scheduling);
        controller.ask(new PoolCommand.SubmitJob(job, spec, wishes.owner()));
    }

    private Training training(Tempo tempo) {
        Duration total = tempo.units(ground.setting().jobUnits() * (0.5 + chance.upTo(100) / 100.0));
        Duration step = chance.between(tempo.step().dividedBy(2), tempo.step().multipliedBy(2));
        int every = (int) Math.max(1, tempo.units(2 + chance.upTo(10)).dividedBy(step));
        Duration publish = step.multipliedBy(every).dividedBy(2 + chance.upTo(20));
        return new Training((int) Math.max(1, total.dividedBy(step)), every, step, publish);
    }

    private boolean hasLarge() {
        return ground.setting().offers().stream()
                .anyMatch(offer -> offer.resources().count() > 1);
    }

    void cancel(Chance dice) {
        any(dice, controller.state().jobsInOrder().filter(Job::isLive).toList()).ifPresent(job -> {
            ground.count("job cancelled");
            controller.ask(new PoolCommand.CancelJob(job.id(), "no need"));
        });
    }

    void scale(Chance dice) {
        controller.ask(
                new PoolCommand.ScalePool(0, dice.upTo(ground.setting().pool().maxNodes() + 1)));
    }

    void pauseOrResume(Chance dice) {
        controller.ask(dice.oneIn(3) ? new PoolCommand.PausePool() : new PoolCommand.ResumePool());
    }

    void drain(Chance dice) {
        node(dice).ifPresent(node -> controller.ask(new PoolCommand.DrainNode(node.id())));
    }

    void drill(Chance dice) {
        Duration notice = dice.between(Duration.ZERO, ground.setting().tempo().notice());
        node(dice)
                .ifPresent(node -> controller.ask(
                        new PoolCommand.EvictNode(node.id(), dice.oneIn(2) ? Optional.of(notice) : Optional.empty())));
    }

    /** Somebody finds money: for a job, or for the pool and its owners. */
    void raise(Chance dice) {
        if (dice.oneIn(3)) {
            raisePool();
        } else {
            any(dice, jobsWithBudget()).ifPresent(this::raise);
        }
    }

    /** From now on no budget stays too small for long. */
    void raiseOn() {
        raisePool();
        jobsWithBudget().forEach(this::raise);
        ground.time().after(ground.setting().tempo().units(RAISED_EVERY_UNITS), this::raiseOn);
    }

    private List<Job> jobsWithBudget() {
        return controller
                .state()
                .jobsInOrder()
                .filter(job -> job.isLive() && job.spec().scheduling().budget().isPresent())
                .toList();
    }

    private void raise(Job job) {
        Optional<Money> budget = job.spec().scheduling().budget();
        controller.ask(new PoolCommand.SetBudget(job.id(), budget.map(money -> money.times(2))));
    }

    private void raisePool() {
        controller
                .state()
                .spec()
                .ifPresent(spec ->
                        controller.ask(new PoolCommand.ConfigurePool(spec.withBuying(Wishes.richer(spec.buying())))));
    }

    /** Lets the pool run as it was meant to, without spares. */
    void settle() {
        controller.ask(new PoolCommand.ResumePool());
        controller.ask(new PoolCommand.ScalePool(0, ground.setting().pool().maxNodes()));
    }

    private Optional<Node> node(Chance dice) {
        return any(dice, List.copyOf(controller.state().nodes().values()));
    }

    private static <T> Optional<T> any(Chance dice, List<T> choices) {
        return choices.isEmpty() ? Optional.empty() : Optional.of(dice.of(choices));
    }
}
