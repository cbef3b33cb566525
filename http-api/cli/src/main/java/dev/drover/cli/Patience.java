package dev.drover.cli;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How long an answer is waited for while servers are away, and how often they are asked meanwhile: pauses double from 0.2 s to 2 s, each
 * shortened by up to half at random, so that many clients do not come back as one. A server that asks for a longer one gets that, and up
 * to half of it more, but never more than is left of the limit.
 *
 * @param nanoTime a clock that only grows
 */
record Patience(Duration limit, LongSupplier nanoTime, Consumer<Duration> sleep) {
    /** A pool that changes schedulers is away for some 12 s. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private static final long FIRST_MILLIS = 200;
    private static final long LONGEST_MILLIS = 2_000;

    static Patience ofPeople() {
        return new Patience(LIMIT, System::nanoTime, Patience::sleep);
    }

    /** For one call. */
    Wait begin() {
        return new Wait(this);
    }

    static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCodes.UNREACHABLE, "interrupted", e);
        }
    }

    /** What is left of it. */
    static final class Wait {
        private final Patience patience;
        private final long since;
        private long step = FIRST_MILLIS;

        private Wait(Patience patience) {
            this.patience = patience;
            this.since = patience.nanoTime.getAsLong();
        }

        boolean isOver() {
            return patience.nanoTime.getAsLong() - since >= patience.limit.toNanos();
        }

        /** @param asked what the server asks for; zero where it asks for nothing */
        void pause(Duration asked) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            long own = step - random.nextLong(step / 2);
            long theirs = asked.toMillis() + random.nextLong(asked.toMillis() / 2 + 1);
            long left = patience.limit
                    .minusNanos(patience.nanoTime.getAsLong() - since)
                    .toMillis();
            patience.sleep.accept(Duration.ofMillis(Math.max(own, Math.min(theirs, left))));
            step = Math.min(2 * step, LONGEST_MILLIS);
        }
    }
}
