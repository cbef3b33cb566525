package dev.drover.protocol.id;

/** Which release this is. */
public final class Release {
    /** What agents say in their hello, and schedulers to each other. The newer of two is the greater, part by part. */
    public static final String VERSION = "0.1.0";

    private Release() {}
}
