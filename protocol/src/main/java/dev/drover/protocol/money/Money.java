package dev.drover.protocol.money;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * An amount in a currency, exact in decimal.
 *
 * <p>Amounts of different currencies never mix: arithmetic on them throws. No rounding happens but where it is said.
 */
public record Money(BigDecimal amount, String currency) implements Comparable<Money> {
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);

    public Money {
        if (!isCurrency(currency)) {
            throw new IllegalArgumentException(
                    "currency: '" + currency + "' is not allowed; use three capital letters, as USD");
        }
        // 0.30 and 0.3 are the same money: equal amounts are equal records.
        amount = amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
    }

    private static boolean isCurrency(String text) {
        return text.length() == 3
                && isCapital(text.charAt(0))
                && isCapital(text.charAt(1))
                && isCapital(text.charAt(2));
    }

    private static boolean isCapital(char letter) {
        return 'A' <= letter && letter <= 'Z';
    }

    public static Money of(String amount, String currency) {
        return new Money(new BigDecimal(amount), currency);
    }

    public static Money usd(String amount) {
        return of(amount, "USD");
    }

    public static Money zero(String currency) {
        return new Money(BigDecimal.ZERO, currency);
    }

    public Money plus(Money other) {
        return new Money(amount.add(sameCurrency(other).amount), currency);
    }

    public Money minus(Money other) {
        return new Money(amount.subtract(sameCurrency(other).amount), currency);
    }

    public Money times(long factor) {
        return new Money(amount.multiply(BigDecimal.valueOf(factor)), currency);
    }

    /** Reads this as a price per hour: what {@code duration} costs, to 12 decimals, half up. */
    public Money perHourFor(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.toNanos(), 9);
        return new Money(
                amount.multiply(seconds, MathContext.DECIMAL64).divide(SECONDS_PER_HOUR, 12, RoundingMode.HALF_UP),
                currency);
    }

    public boolean isMoreThan(Money other) {
        return compareTo(other) > 0;
    }

    private Money sameCurrency(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("can't mix " + this + " with " + other);
        }
        return other;
    }

    @Override
    public int compareTo(Money other) {
        return amount.compareTo(sameCurrency(other).amount);
    }

    @Override
    public String toString() {
        return amount.toPlainString() + " " + currency;
    }
}
