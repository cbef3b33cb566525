package dev.drover.protocol.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.id.Names;
import dev.drover.protocol.json.DurationText;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Takes the fields out of a mapping, one by one, noting problems instead of stopping at the first.
 *
 * <p>Every getter returns the default when the field is absent, and also, so that reading can go on, when it is wrong; then
 * the problem is noted. {@link #finish} notes the fields nobody asked for.
 */
public final class SpecFields {
    private final String path;
    private final ObjectNode node;
    private final List<SpecProblem> problems;
    private final SequencedSet<String> currencies;
    private final SequencedSet<String> known = new LinkedHashSet<>();

    private SpecFields(String path, ObjectNode node, List<SpecProblem> problems, SequencedSet<String> currencies) {
        this.path = path;
        this.node = node;
        this.problems = problems;
        this.currencies = currencies;
    }

    /** The fields of a whole spec; problems are added to a fresh list. */
    public static SpecFields of(ObjectNode root) {
        return new SpecFields("", root, new ArrayList<>(), new LinkedHashSet<>());
    }

    public boolean has(String name) {
        return node.hasNonNull(name);
    }

    /** The names of the fields that are there, in their order: for a mapping whose names are data. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The nested mapping of that name; absent means an empty one. */
    public SpecFields object(String name) {
        return nested(name, take(name).flatMap(value -> mapping(name, value)));
    }

    /** The same, of at most {@code most} fields. */
    public SpecFields object(String name, int most) {
        return nested(
                name,
                take(name)
                        .flatMap(value -> mapping(name, value))
                        .flatMap(object -> object.size() <= most
                                ? Optional.of(object)
                                : refuse(name, object, "a mapping of at most " + most)));
    }

    /** The mappings in that list, in their order; absent means none. */
    public List<SpecFields> objects(String name, int most) {
        List<SpecFields> objects = new ArrayList<>();
        array(name, most).ifPresent(items -> {
            for (int i = 0; i < items.size(); i++) {
                String item = name + "[" + i + "]";
                objects.add(nested(item, mapping(item, items.get(i))));
            }
        });
        return objects;
    }

    public int integer(String name, int absent, int min, int max) {
        return (int) integer(name, (long) absent, min, max);
    }

    public long integer(String name, long absent, long min, long max) {
        String allowed = max == Long.MAX_VALUE
                ? "a whole number of 64 bits"
                : "a whole number from %d to %d".formatted(min, max);
        return take(name)
                .flatMap(value -> value.isIntegralNumber()
                                && value.canConvertToLong()
                                && value.longValue() >= min
                                && value.longValue() <= max
                        ? Optional.of(value.longValue())
                        : this.<Long>refuse(name, value, allowed))
                .orElse(absent);
    }

    /** A number within {@code min} and {@code max}, both allowed. */
    public double number(String name, double absent, double min, double max) {
        return take(name)
                .flatMap(value -> value.isNumber() && value.doubleValue() >= min && value.doubleValue() <= max
                        ? Optional.of(value.doubleValue())
                        : this.<Double>refuse(name, value, "a number from " + plain(min) + " to " + plain(max)))
                .orElse(absent);
    }

    public boolean flag(String name, boolean absent) {
        return take(name)
                .flatMap(value -> value.isBoolean()
                        ? Optional.of(value.booleanValue())
                        : this.<Boolean>refuse(name, value, "true or false"))
                .orElse(absent);
    }

    /** A text of at most 4096 characters without control characters. */
    public Optional<String> text(String name) {
        String allowed = "a text of 1 to 4096 printable characters";
        return take(name)
                .flatMap(value -> isPlainText(value)
                        ? Optional.of(value.textValue())
                        : this.<String>refuse(name, value, allowed));
    }

    /** A text that must be there. Returns an empty one when it is not. */
    public String requiredText(String name, String example) {
        if (!has(name)) {
            known.add(name);
            problem(name, "", example);
            return "";
        }
        return text(name).orElse("");
    }

    /** A name that is safe in a path, a URL and a metric. */
    public String label(String name, String absent) {
        String allowed = "1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit";
        return take(name)
                .flatMap(value -> value.isTextual() && Names.isLabel(value.textValue())
                        ? Optional.of(value.textValue())
                        : this.<String>refuse(name, value, allowed))
                .orElse(absent);
    }

    /** A list of texts, each as {@code form} says; absent means empty. */
    public List<String> texts(String name, int most, Predicate<String> form, String allowedEach) {
        List<String> texts = new ArrayList<>();
        array(name, most).ifPresent(items -> {
            for (int i = 0; i < items.size(); i++) {
                JsonNode item = items.get(i);
                if (isPlainText(item) && form.test(item.textValue())) {
                    texts.add(item.textValue());
                } else {
                    refuse(name + "[" + i + "]", item, allowedEach);
                }
            }
        });
        return texts;
    }

    /** One of an enum's constants, in any case, with '-' for '_' if you like. */
    public <E extends Enum<E>> E choice(String name, E absent) {
        E[] constants = absent.getDeclaringClass().getEnumConstants();
        return take(name)
                .flatMap(value -> Arrays.stream(constants)
                        .filter(constant -> constant.name()
                                .equals(value.asText().toUpperCase(Locale.ROOT).replace('-', '_')))
                        .findFirst()
                        .or(() -> refuse(name, value, oneOf(constants))))
                .orElse(absent);
    }

    public Duration duration(String name, Duration absent, Duration min, Duration max) {
        return duration(name, min, max).orElse(absent);
    }

    public Optional<Duration> duration(String name, Duration min, Duration max) {
        String allowed =
                "a duration from %s to %s, as 30s".formatted(DurationText.format(min), DurationText.format(max));
        return take(name)
                .flatMap(value -> parseDuration(value)
                        .filter(duration -> duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0)
                        .or(() -> refuse(name, value, allowed)));
    }

    /** What {@code parse} makes of a text; it throws IllegalArgumentException for what is not {@code allowed}. */
    public <T> Optional<T> parsed(String name, Function<String, T> parse, String allowed) {
        return take(name).flatMap(value -> {
            try {
                return isPlainText(value) ? Optional.of(parse.apply(value.textValue())) : refuse(name, value, allowed);
            } catch (IllegalArgumentException | ArithmeticException e) {
                return refuse(name, value, allowed);
            }
        });
    }

    /** An amount, 0 or more. All amounts of a spec are of one currency: that of the first. */
    public Optional<Money> money(String name) {
        return take(name)
                .flatMap(value -> MoneyText.parse(value)
                        .or(() -> refuse(name, value, MoneyText.ALLOWED))
                        .flatMap(money -> currencies.isEmpty() || currencies.contains(money.currency())
                                ? Optional.of(money)
                                : refuse(name, value, "an amount in " + currencies.getFirst() + ", as the others")))
                .map(money -> {
                    currencies.add(money.currency());
                    return money;
                });
    }

    public ByteSize bytes(String name, ByteSize absent, ByteSize max) {
        return take(name)
                .flatMap(value -> parseBytes(value)
                        .filter(size -> size.compareTo(max) <= 0)
                        .or(() -> refuse(name, value, "up to " + max + ", as 2GiB")))
                .orElse(absent);
    }

    /** Whatever is there, unread. */
    public Optional<JsonNode> raw(String name) {
        return take(name);
    }

    /** Notes a problem that only shows when several fields are seen together. */
    public void problem(String name, String value, String allowed) {
        problems.add(new SpecProblem(path(name), value, allowed));
    }

    /** Whether nothing was noted at or below this mapping: cross-checks on defaults would only confuse. */
    public boolean isSound() {
        return problems.stream().noneMatch(problem -> problem.field().startsWith(path));
    }

    /** Notes every field that nobody asked for, with the nearest known one. */
    public void finish() {
        node.properties().forEach(field -> {
            if (!known.contains(field.getKey())) {
                refuse(field.getKey(), field.getValue(), NearestName.hint(field.getKey(), known));
            }
        });
    }

    /**
     * Ends the reading.
     *
     * @throws InvalidSpecException when anything was noted
     */
    public void throwIfAnyProblem() {
        if (!problems.isEmpty()) {
            throw new InvalidSpecException(problems);
        }
    }

    private Optional<JsonNode> take(String name) {
        known.add(name);
        return Optional.ofNullable(node.get(name)).filter(value -> !value.isNull());
    }

    private SpecFields nested(String name, Optional<ObjectNode> object) {
        return new SpecFields(
                path(name) + ".", object.orElseGet(JsonNodeFactory.instance::objectNode), problems, currencies);
    }

    private Optional<ObjectNode> mapping(String name, JsonNode value) {
        return value instanceof ObjectNode object ? Optional.of(object) : refuse(name, value, "a mapping of fields");
    }

    private Optional<JsonNode> array(String name, int most) {
        return take(name)
                .flatMap(value -> value.isArray() && value.size() <= most
                        ? Optional.of(value)
                        : refuse(name, value, "a list of at most " + most));
    }

    private <T> Optional<T> refuse(String name, JsonNode value, String allowed) {
        problem(
                name,
                value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : value.toString(),
                allowed);
        return Optional.empty();
    }

    private String path(String name) {
        return path + name;
    }

    private static boolean isPlainText(JsonNode value) {
        return value.isTextual()
                && !value.textValue().isBlank()
                && value.textValue().length() <= 4096
                && value.textValue().chars().noneMatch(Character::isISOControl);
    }

    private static Optional<Duration> parseDuration(JsonNode value) {
        try {
            return value.isTextual() ? Optional.of(DurationText.parse(value.textValue())) : Optional.empty();
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Optional<ByteSize> parseBytes(JsonNode value) {
        try {
            return value.isTextual() || value.isIntegralNumber()
                    ? Optional.of(ByteSize.parse(value.asText()))
                    : Optional.empty();
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static <E extends Enum<E>> String oneOf(E[] constants) {
        return Arrays.stream(constants)
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private static String plain(double value) {
        return value != 0 && Math.abs(value) < 1e-3
                ? Double.toString(value)
                : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
