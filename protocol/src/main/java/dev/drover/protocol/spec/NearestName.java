package dev.drover.protocol.spec;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what a misspelt name was meant to be. */
public final class NearestName {
    private NearestName() {}

    /** The closest of {@code known}, if it is close: at most a third of its letters differ. */
    public static Optional<String> of(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(candidate -> distance(name, candidate) <= Math.max(2, candidate.length() / 3));
    }

    /** What to use instead of an unknown field: the nearest name, or one of them all. */
    public static String hint(String name, Collection<String> known) {
        return of(name, known).map(nearest -> "'" + nearest + "'").orElseGet(() -> "one of " + String.join(", ", known))
                + "; there is no '" + name + "'";
    }

    private static int distance(String left, String right) {
        String a = left.substring(0, Math.min(left.length(), 64)).toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
