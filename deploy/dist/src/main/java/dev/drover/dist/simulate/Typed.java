package dev.drover.dist.simulate;

import dev.drover.simulation.trace.TraceException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.Predicate;

/** Numbers as they are typed after an option. What is not allowed ends in a {@link TraceException} that says what is. */
final class Typed {
    private static final BigDecimal LEAST_HOURS = new BigDecimal("0.01");
    private static final BigDecimal MOST_HOURS = BigDecimal.valueOf(10_000);
    private static final BigDecimal LEAST_PRICE = new BigDecimal("0.000001");
    private static final BigDecimal MOST_PRICE = BigDecimal.valueOf(1_000_000);

    private Typed() {}

    /** Hours of a job. */
    static BigDecimal hours(String option, String text) {
        return new Range("hours", LEAST_HOURS, MOST_HOURS).read(option, text);
    }

    /** Hours, or none. */
    static BigDecimal hoursOrNone(String option, String text) {
        return new Range("hours", BigDecimal.ZERO, MOST_HOURS).read(option, text);
    }

    /** A price per hour. */
    static double price(String option, String text) {
        return new Range("a price per hour", LEAST_PRICE, MOST_PRICE)
                .read(option, text)
                .doubleValue();
    }

    static int whole(String option, String text, int least, int most) {
        return new Range("a whole number", BigDecimal.valueOf(least), BigDecimal.valueOf(most))
                .read(option, text, number -> number.stripTrailingZeros().scale() <= 0)
                .intValueExact();
    }

    /** Numbers that are allowed, and what they are. */
    private record Range(String what, BigDecimal least, BigDecimal most) {
        BigDecimal read(String option, String text) {
            return read(option, text, number -> true);
        }

        BigDecimal read(String option, String text, Predicate<BigDecimal> and) {
            return parsed(text)
                    .filter(number -> number.compareTo(least) >= 0 && number.compareTo(most) <= 0)
                    .filter(and)
                    .orElseThrow(() -> new TraceException("%s: '%s' is not allowed; use %s from %s to %s"
                            .formatted(option, text, what, least.toPlainString(), most.toPlainString())));
        }

        private static Optional<BigDecimal> parsed(String text) {
            try {
                return Optional.of(new BigDecimal(text.strip()));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
    }
}
