package dev.drover.protocol.spec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Money as people write it: {@code 40 USD}, or {@code {amount: 40, currency: USD}} as Drover itself does. */
final class MoneyText {
    static final String ALLOWED =
            "an amount from 0 to 1000000000000, of at most 12 decimals, with its currency, as 40 USD"
                    + " or {amount: 40, currency: USD}";

    private static final BigDecimal MOST = BigDecimal.TEN.pow(12);
    private static final int DECIMALS = 12;
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,13}(?:\\.[0-9]{1,12})?) ([A-Z]{3})");
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

    private MoneyText() {}

    /** The money, or empty when it is not {@link #ALLOWED}. */
    static Optional<Money> parse(JsonNode value) {
        return (value.isTextual() ? ofText(value.textValue()) : ofMapping(value))
                .filter(money -> money.amount().signum() >= 0
                        && money.amount().compareTo(MOST) <= 0
                        && money.amount().scale() <= DECIMALS);
    }

    private static Optional<Money> ofText(String text) {
        Matcher form = TEXT.matcher(text.trim());
        return form.matches() ? Optional.of(Money.of(form.group(1), form.group(2))) : Optional.empty();
    }

    private static Optional<Money> ofMapping(JsonNode value) {
        JsonNode amount = value.path("amount");
        String currency = value.path("currency").asText();
        boolean isNumber = amount.isNumber() && Double.isFinite(amount.doubleValue());
        return value.size() == 2 && isNumber && CURRENCY.matcher(currency).matches()
                ? Optional.of(new Money(amount.decimalValue(), currency))
                : Optional.empty();
    }
}
