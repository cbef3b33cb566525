package dev.drover.planning.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * The open and the closed spells of one market, or of several taken together.
 *
 * @param open whether it is open now; absent before the first look
 * @param since how long it is in this state, as far as was seen
 * @param losses how open spells ended
 * @param returns how closed spells ended
 */
record Spells(Optional<Boolean> open, Duration since, Rates losses, Rates returns) {
    static final Spells UNSEEN = new Spells(Optional.empty(), Duration.ZERO, Rates.NONE, Rates.NONE);

    boolean isOpen() {
        return open.orElse(false);
    }

    int age() {
        return Ages.of(since);
    }

    /** As {@link #after}, but nothing is counted. */
    Spells aged(boolean nowOpen, Duration passed) {
        return new Spells(
                Optional.of(nowOpen), nowOpen == isOpen() ? since.plus(passed) : Duration.ZERO, losses, returns);
    }

    Spells after(boolean nowOpen, Duration passed) {
        if (open.isEmpty()) {
            return new Spells(Optional.of(nowOpen), Duration.ZERO, losses, returns);
        }
        boolean ended = nowOpen != isOpen();
        double hours = Ages.hours(passed);
        return new Spells(
                Optional.of(nowOpen),
                ended ? Duration.ZERO : since.plus(passed),
                isOpen() ? losses.plus(age(), hours, ended) : losses,
                isOpen() ? returns : returns.plus(age(), hours, ended));
    }
}
