package dev.drover.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.drover.protocol.json.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** When a job is to be done. Written {@code 60h}, counted from its submission, or {@code 2026-11-25T08:00:00Z}. */
public sealed interface Deadline {
    /** The moment, for a job that was submitted at {@code submittedAt}. */
    Instant at(Instant submittedAt);

    /** As people write it. */
    @JsonValue
    String text();

    /**
     * Reads either form.
     *
     * @throws IllegalArgumentException with the text and what is allowed
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Deadline parse(String text) {
        try {
            return new Within(DurationText.parse(text));
        } catch (IllegalArgumentException notADuration) {
            try {
                return new At(Instant.parse(text.trim()));
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(
                        "deadline '" + text + "' is not allowed; use a duration, as 60h, or an instant, as"
                                + " 2026-11-25T08:00:00Z",
                        e);
            }
        }
    }

    /**
     * So long after the submission.
     *
     * @param time more than 0, in whole milliseconds
     */
    record Within(Duration time) implements Deadline {
        public Within {
            if (!time.isPositive() || !time.equals(Duration.ofMillis(time.toMillis()))) {
                throw new IllegalArgumentException(
                        "deadline '" + time + "' is not allowed; use more than 0, in whole milliseconds");
            }
        }

        @Override
        public Instant at(Instant submittedAt) {
            return submittedAt.plus(time);
        }

        @Override
        public String text() {
            return DurationText.format(time);
        }
    }

    /** At that moment, whenever the job was submitted. */
    record At(Instant instant) implements Deadline {
        @Override
        public Instant at(Instant submittedAt) {
            return instant;
        }

        @Override
        public String text() {
            return instant.toString();
        }
    }
}
