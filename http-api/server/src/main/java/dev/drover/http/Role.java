package dev.drover.http;

import java.util.Locale;

/** Who is asking. An admin may do all that a user may. */
public enum Role {
    USER,
    ADMIN;

    boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** The name jobs are owned by. */
    String owner() {
        return name().toLowerCase(Locale.ROOT);
    }
}
