package dev.drover.agent.fake;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions, with a deadline that no honest run meets. */
public final class Await {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final long POLL_NANOS = 5_000_000;

    private Await() {}

    /** The first value that {@code source} gives. */
    public static <T> T value(String what, Supplier<Optional<T>> source) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        Optional<T> found = source.get();
        while (found.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + DEADLINE + " in vain for " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
            found = source.get();
        }
        return found.get();
    }

    /** Returns when {@code condition} holds. */
    public static void until(String what, BooleanSupplier condition) {
        value(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }
}
