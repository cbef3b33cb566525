package dev.drover.protocol.checkpoint;

import dev.drover.protocol.id.Lease;
import java.time.Instant;
import java.util.List;

/**
 * The file that makes a checkpoint exist. It lists every other file with its length and SHA-256.
 *
 * @param format version of this format, {@link #FORMAT}
 */
public record Manifest(int format, Lease lease, int step, Instant createdAt, List<Entry> files) {
    public static final int FORMAT = 1;

    public Manifest {
        files = List.copyOf(files);
    }

    /** One file of the checkpoint. {@code sha256} in hex. */
    public record Entry(String name, long length, String sha256) {}
}
