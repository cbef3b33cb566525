package dev.drover.http;

import dev.drover.protocol.id.Names;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.spec.NearestName;
import dev.drover.protocol.spec.SpecProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;

/** The parameters after the question mark. Notes what is wrong with them; {@link #finish} refuses all of it at once. */
final class Query {
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final List<SpecProblem> problems = new ArrayList<>();

    private Query() {}

    static Query of(HttpRequest request) {
        try {
            Query query = new Query();
            request.getUri().query().toList().forEach(pair -> query.add(pair.first(), pair.second()));
            return query;
        } catch (IllegalUriException e) {
            throw new ProblemException(
                    Problem.Kind.MALFORMED_REQUEST, "the query is malformed; use NAME=VALUE pairs joined by '&'");
        }
    }

    Optional<Integer> integer(String name, int min, int max) {
        return take(name).flatMap(value -> {
            try {
                int number = Integer.parseInt(value);
                if (number >= min && number <= max) {
                    return Optional.of(number);
                }
            } catch (NumberFormatException e) {
                // Falls through to the same refusal as a number out of bounds.
            }
            return refuse(name, value, "a whole number from %d to %d".formatted(min, max));
        });
    }

    boolean flag(String name) {
        return take(name)
                .flatMap(value -> switch (value) {
                    case "true", "1", "" -> Optional.of(true);
                    case "false", "0" -> Optional.of(false);
                    default -> this.<Boolean>refuse(name, value, "true or false");
                })
                .orElse(false);
    }

    Optional<PoolName> pool(String name) {
        return take(name)
                .flatMap(value ->
                        Names.isLabel(value) ? Optional.of(new PoolName(value)) : refuse(name, value, "a pool's name"));
    }

    <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
        E[] constants = type.getEnumConstants();
        return take(name)
                .flatMap(value -> Arrays.stream(constants)
                        .filter(constant -> constant.name().equalsIgnoreCase(value))
                        .findFirst()
                        .or(() -> refuse(name, value, names(constants))));
    }

    /**
     * Ends the reading.
     *
     * @throws ProblemException when a parameter was wrong or unknown
     */
    void finish() {
        for (Map.Entry<String, String> value : values.entrySet()) {
            if (!known.contains(value.getKey())) {
                problems.add(new SpecProblem(
                        value.getKey(),
                        value.getValue(),
                        known.isEmpty()
                                ? "no query parameters with this address"
                                : NearestName.hint(value.getKey(), known)));
            }
        }
        if (!problems.isEmpty()) {
            throw ProblemException.of(Problem.Kind.MALFORMED_REQUEST, problems);
        }
    }

    private void add(String name, String value) {
        String before = values.putIfAbsent(name, value);
        if (before != null) {
            problems.add(new SpecProblem(name, value, "each parameter once; it was '" + before + "' before"));
        }
    }

    private Optional<String> take(String name) {
        known.add(name);
        return Optional.ofNullable(values.get(name));
    }

    private <T> Optional<T> refuse(String name, String value, String allowed) {
        problems.add(new SpecProblem(name, value, allowed));
        return Optional.empty();
    }

    private static <E extends Enum<E>> String names(E[] constants) {
        return Arrays.stream(constants)
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
