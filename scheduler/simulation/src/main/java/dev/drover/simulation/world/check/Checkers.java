package dev.drover.simulation.world.check;

import java.time.Duration;
import java.util.List;

/** Every checker there is. */
public final class Checkers {
    private Checkers() {}

    /**
     * New checkers for one world.
     *
     * @param reaped how long an instance that no node owns may run
     * @param tick how often the pool looks after itself
     */
    public static List<Checker> all(Reality reality, Duration reaped, Duration tick) {
        return List.of(
                new OneOwnerChecker(),
                new CommittedStepsChecker(reality),
                new StepsLostChecker(reality),
                new SilenceChecker(),
                new OrphanChecker(reality, reaped),
                new LaunchAttemptsChecker(),
                new GangChecker(),
                new BudgetChecker(tick),
                new JournalChecker(),
                new JobsFinishChecker());
    }
}
