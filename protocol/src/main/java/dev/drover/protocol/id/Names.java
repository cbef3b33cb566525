package dev.drover.protocol.id;

import java.util.regex.Pattern;

/** The one rule for names: they become path segments, URL segments and metric labels, so they stay plain. */
public final class Names {
    /** Lower-case letters, digits, '-'; starts with a letter or digit; at most 63 characters (a DNS label). */
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private Names() {}

    /** Whether {@code value} is a plain label that is safe in a path, a URL and a metric. */
    public static boolean isLabel(String value) {
        return LABEL.matcher(value).matches();
    }

    /**
     * Returns {@code value} unchanged.
     *
     * @throws IllegalArgumentException naming {@code field}, the value and what is allowed
     */
    public static String requireLabel(String field, String value) {
        if (!isLabel(value)) {
            throw new IllegalArgumentException(
                    "%s: '%s' is not allowed; use 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit"
                            .formatted(field, value));
        }
        return value;
    }
}
