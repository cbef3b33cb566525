package dev.drover.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds addresses; what people typed is encoded, so that it can't reach other addresses. */
record Paths(String path, String query) {
    static Paths of(String base, String... segments) {
        StringBuilder path = new StringBuilder(base);
        for (String segment : segments) {
            if (List.of("", ".", "..").contains(segment)) {
                throw new CliException(
                        ExitCodes.BAD_INPUT,
                        "'" + segment + "' is no name; 'drover queue', 'pools' and 'nodes' list them");
            }
            path.append('/').append(encoded(segment));
        }
        return new Paths(path.toString(), "");
    }

    /** Adds a parameter; an absent one is left out. */
    Paths with(String name, @Nullable Object value) {
        return value == null
                ? this
                : new Paths(path, query + (query.isEmpty() ? "?" : "&") + name + "=" + encoded(value.toString()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return path + query;
    }
}
