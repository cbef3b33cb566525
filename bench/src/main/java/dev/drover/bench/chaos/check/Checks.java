package dev.drover.bench.chaos.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every promise that a campaign is held against. */
public final class Checks {
    private Checks() {}

    /** What each checker complains of, under its promise; nothing where it was kept. */
    public static Map<String, List<Violation>> all(Story story) {
        Map<String, Checker> checkers = new LinkedHashMap<>();
        checkers.put("an answered submission is never lost, and ends", new SubmissionsChecker());
        checkers.put("one generation commits, never two", new OneOwnerChecker());
        checkers.put("a committed checkpoint is complete", new CheckpointsChecker());
        checkers.put("steps lost stay within the guarantee", new StepsLostChecker());
        checkers.put("no instance without an owner", new OrphanChecker());
        checkers.put("no training stops but for its own node's faults", new UndisturbedChecker());
        checkers.put("losses as in an undisturbed run", new LossesChecker());
        checkers.put("what is healed works again", new HealedChecker());
        checkers.put("nothing is left", new NothingLeftChecker());
        checkers.put("the campaign was one: its faults hit", new FaultsHitChecker());
        Map<String, List<Violation>> found = new LinkedHashMap<>();
        checkers.forEach((promise, checker) -> found.put(promise, checker.check(story)));
        return found;
    }
}
