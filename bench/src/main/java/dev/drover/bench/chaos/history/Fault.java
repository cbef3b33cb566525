package dev.drover.bench.chaos.history;

import java.time.Duration;

/**
 * Something that goes wrong. Schedulers are counted from 0; {@code pick} chooses among the nodes, or checkpoints, that there are at
 * that moment.
 */
public sealed interface Fault {
    /** How long until it is healed; zero where there is nothing to heal. */
    default Duration lasts() {
        return Duration.ZERO;
    }

    /** Happens to schedulers, or to their database: one at a time, and none while the one before is being got over. */
    sealed interface OfControl extends Fault {}

    /** Happens to one node. */
    sealed interface OfNode extends Fault {
        int pick();
    }

    /** kill -9; started again when it is healed. */
    record SchedulerKilled(int scheduler, Duration lasts) implements OfControl {}

    /** SIGSTOP, and SIGCONT. */
    record SchedulerFrozen(int scheduler, Duration lasts) implements OfControl {}

    /** No packet between it and the other schedulers; clients, agents and database reach it. */
    record SchedulerIsolated(int scheduler, Duration lasts) implements OfControl {}

    /** No packet between two of three; the third hears both. */
    record SchedulersApart(int one, int other, Duration lasts) implements OfControl {}

    /** No packet between it and PostgreSQL. */
    record SchedulerWithoutDatabase(int scheduler, Duration lasts) implements OfControl {}

    /** All it sends is late, and some of it is lost. */
    record SchedulerSlow(int scheduler, Duration lasts) implements OfControl {}

    /** All but one are killed with -9: nobody has a majority, so the rest must pause, and break nothing. */
    record MajorityKilled(int survivor, Duration lasts) implements OfControl {}

    /** Every process of PostgreSQL is killed with -9; started again when it is healed. */
    record DatabaseKilled(Duration lasts) implements OfControl {}

    /** PostgreSQL is stopped in its fast mode; started again when it is healed. */
    record DatabaseStopped(Duration lasts) implements OfControl {}

    record AgentKilled(int pick) implements OfNode {}

    record TrainerKilled(int pick) implements OfNode {}

    /** Agent and trainers stand still. */
    record NodeFrozen(int pick, Duration lasts) implements OfNode {}

    /** The agent stands still, its trainers go on. */
    record AgentFrozen(int pick, Duration lasts) implements OfNode {}

    /** No packet between it and any scheduler. */
    record NodeCut(int pick, Duration lasts) implements OfNode {}

    /** All it sends is late, and some of it is lost. */
    record NodeSlow(int pick, Duration lasts) implements OfNode {}

    /** Where its agent and trainers write there is no room. */
    record DiskFull(int pick, Duration lasts) implements OfNode {}

    /** Two notices one after the other, the second with less time. */
    record NoticeTwice(int pick) implements OfNode {}

    /** A notice with less time left than it takes to save. */
    record NoticeLate(int pick) implements OfNode {}

    /** The instance is taken, and nobody was told. */
    record NoticeLost(int pick) implements OfNode {}

    /**
     * The newest checkpoint of a shard is damaged, where an older one is left.
     *
     * @param dropped a file is deleted; else some of its bytes are turned
     */
    record CheckpointDamaged(int pick, boolean dropped) implements Fault {}

    /** The cloud launches and ends instances, and its answers do not arrive. */
    record AnswersLost(Duration lasts) implements Fault {}
}
