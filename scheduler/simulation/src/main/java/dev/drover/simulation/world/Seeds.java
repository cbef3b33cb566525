package dev.drover.simulation.world;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Seeds in a row, a world each. {@code first} is no larger than {@code last}. */
public record Seeds(long first, long last) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})(?:\\.\\.(\\d{1,18}))?");

    /**
     * Reads {@code 7}, or {@code 1..200}.
     *
     * @throws IllegalArgumentException with the text and what is allowed
     */
    public static Seeds parse(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            long first = Long.parseLong(form.group(1));
            long last = form.group(2) == null ? first : Long.parseLong(form.group(2));
            if (first <= last) {
                return new Seeds(first, last);
            }
        }
        throw new IllegalArgumentException(
                "seeds '" + text + "' are not allowed; use one, as 7, or a range, as 1..200");
    }

    @Override
    public String toString() {
        return first == last ? "" + first : first + ".." + last;
    }
}
