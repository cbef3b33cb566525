package dev.drover.protocol.store;

import java.util.regex.Pattern;

/** The one rule for keys, whatever the store: they must be safe as paths. */
final class StoreKeys {
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");
    private static final int MAX_LENGTH = 800;

    private StoreKeys() {}

    /** Returns {@code key} unchanged, or throws naming it and what is allowed. */
    static String require(String key) {
        if (key.length() > MAX_LENGTH) {
            throw refused(key);
        }
        for (String segment : key.split("/", -1)) {
            if (!SEGMENT.matcher(segment).matches()) {
                throw refused(key);
            }
        }
        return key;
    }

    /** A prefix is empty, or a key that may end in '/' or in the middle of a name. */
    static String requirePrefix(String prefix) {
        if (!prefix.isEmpty()) {
            require(prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
        }
        return prefix;
    }

    private static IllegalArgumentException refused(String key) {
        return new IllegalArgumentException("key: '" + key + "' is not allowed; use up to " + MAX_LENGTH
                + " characters, segments of A-Z, a-z, 0-9, '_', '-' and '.' (not first) between '/'");
    }
}
