package dev.drover.bench.chaos.history;

import dev.drover.bench.chaos.history.Fault.OfControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Which faults come when: a function of the seed. They are 5 s apart on average, exponentially, so that they overlap.
 *
 * <p>Kinds come from a bag with each of them in it, which is filled again when it is empty: a long campaign has all of them.
 * It is fair: what takes from schedulers or database comes one at a time, with time to get over it.
 */
public final class FaultPlan {
    /** How far apart faults are on average. */
    public static final Duration MEAN = Duration.ofSeconds(5);

    /** From the healing of a fault of schedulers or database to the next such fault, at least. */
    static final Duration RECOVERY = Duration.ofSeconds(25);

    private static final int SCHEDULERS = 3;

    private FaultPlan() {}

    /** The number-th fault, from 1, {@code at} after the beginning. */
    public record Planned(int number, Duration at, Fault fault) {}

    /** A kind of fault: its name, and how one is drawn. */
    private record Kind(Class<? extends Fault> type, Function<Random, Fault> draw) {}

    private static final List<Kind> KINDS = List.of(
            kind(Fault.SchedulerKilled.class, r -> new Fault.SchedulerKilled(scheduler(r), seconds(r, 2, 12))),
            kind(Fault.SchedulerFrozen.class, r -> new Fault.SchedulerFrozen(scheduler(r), seconds(r, 3, 25))),
            kind(Fault.SchedulerIsolated.class, r -> new Fault.SchedulerIsolated(scheduler(r), seconds(r, 3, 25))),
            kind(Fault.SchedulersApart.class, FaultPlan::apart),
            kind(
                    Fault.SchedulerWithoutDatabase.class,
                    r -> new Fault.SchedulerWithoutDatabase(scheduler(r), seconds(r, 3, 25))),
            kind(Fault.SchedulerSlow.class, r -> new Fault.SchedulerSlow(scheduler(r), seconds(r, 5, 20))),
            kind(Fault.MajorityKilled.class, r -> new Fault.MajorityKilled(scheduler(r), seconds(r, 2, 10))),
            kind(Fault.DatabaseKilled.class, r -> new Fault.DatabaseKilled(seconds(r, 1, 10))),
            kind(Fault.DatabaseStopped.class, r -> new Fault.DatabaseStopped(seconds(r, 1, 10))),
            kind(Fault.AgentKilled.class, r -> new Fault.AgentKilled(pick(r))),
            kind(Fault.TrainerKilled.class, r -> new Fault.TrainerKilled(pick(r))),
            kind(Fault.NodeFrozen.class, r -> new Fault.NodeFrozen(pick(r), seconds(r, 3, 30))),
            kind(Fault.AgentFrozen.class, r -> new Fault.AgentFrozen(pick(r), seconds(r, 3, 30))),
            kind(Fault.NodeCut.class, r -> new Fault.NodeCut(pick(r), seconds(r, 3, 40))),
            kind(Fault.NodeSlow.class, r -> new Fault.NodeSlow(pick(r), seconds(r, 5, 30))),
            kind(Fault.DiskFull.class, r -> new Fault.DiskFull(pick(r), seconds(r, 5, 20))),
            kind(Fault.NoticeTwice.class, r -> new Fault.NoticeTwice(pick(r))),
            kind(Fault.NoticeLate.class, r -> new Fault.NoticeLate(pick(r))),
            kind(Fault.NoticeLost.class, r -> new Fault.NoticeLost(pick(r))),
            kind(Fault.CheckpointDamaged.class, r -> new Fault.CheckpointDamaged(pick(r), r.nextBoolean())),
            kind(Fault.AnswersLost.class, r -> new Fault.AnswersLost(seconds(r, 10, 40))));

    /**
     * The campaign of that seed.
     *
     * @param leftOut kinds that this machine can't do
     */
    public static List<Planned> of(long seed, int faults, Set<Class<? extends Fault>> leftOut) {
        // Neighbouring seeds would begin alike.
        Random random = new Random(new SplittableRandom(seed).nextLong());
        List<Kind> bag = new ArrayList<>();
        List<Planned> plan = new ArrayList<>();
        Duration at = Duration.ZERO;
        Duration controlFree = Duration.ZERO;
        while (plan.size() < faults) {
            at = at.plusMillis(Math.round(-Math.log(1 - random.nextDouble()) * MEAN.toMillis()));
            Fault fault = next(random, bag, leftOut, at.compareTo(controlFree) >= 0);
            if (fault instanceof OfControl) {
                controlFree = at.plus(fault.lasts()).plus(RECOVERY);
            }
            plan.add(new Planned(plan.size() + 1, at, fault));
        }
        return List.copyOf(plan);
    }

    /** The first in the bag that may come now; the others keep their places. */
    private static Fault next(Random random, List<Kind> bag, Set<Class<? extends Fault>> leftOut, boolean control) {
        while (true) {
            for (Kind kind : bag) {
                if (control || !OfControl.class.isAssignableFrom(kind.type())) {
                    bag.remove(kind);
                    return kind.draw().apply(random);
                }
            }
            List<Kind> filling = new ArrayList<>(KINDS);
            filling.removeIf(kind -> leftOut.contains(kind.type()) || bag.contains(kind));
            Collections.shuffle(filling, random);
            bag.addAll(filling);
        }
    }

    private static Kind kind(Class<? extends Fault> type, Function<Random, Fault> draw) {
        return new Kind(type, draw);
    }

    private static Fault apart(Random random) {
        int one = scheduler(random);
        return new Fault.SchedulersApart(one, (one + 1) % SCHEDULERS, seconds(random, 3, 20));
    }

    private static int scheduler(Random random) {
        return random.nextInt(SCHEDULERS);
    }

    private static int pick(Random random) {
        return random.nextInt(1_000);
    }

    private static Duration seconds(Random random, int least, int most) {
        return Duration.ofSeconds(least + random.nextInt(most - least + 1));
    }
}
