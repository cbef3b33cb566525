package dev.drover.cloud;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Waits for conditions. */
public final class Waiting {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Waiting() {}

    /** Asks until the answer is as wanted; fails after 20 s with the last answer. */
    public static <T> T until(String what, Callable<T> asked, Predicate<T> wanted) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        T last = asked.call();
        while (!wanted.test(last)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + LIMIT + ": " + what + "; last seen: " + last);
            }
            Thread.sleep(10);
            last = asked.call();
        }
        return last;
    }

    public static void until(String what, Callable<Boolean> holds) throws Exception {
        until(what, holds, seen -> seen);
    }
}
