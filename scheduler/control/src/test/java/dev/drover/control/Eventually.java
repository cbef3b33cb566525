package dev.drover.control;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waits for conditions, with a deadline. */
final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Eventually() {}

    /** The first answer there is. */
    static <T> T get(String what, Supplier<Optional<T>> question) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<T> answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            pause();
        }
        throw new AssertionError("not within " + PATIENCE + ": " + what);
    }

    static void isTrue(String what, Supplier<Boolean> condition) {
        var ignored = get(what, () -> condition.get() ? Optional.of(true) : Optional.empty());
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
