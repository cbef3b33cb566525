package dev.drover.agent.shard;

import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a shard's program printed and what the agent has to say about it, shipped to the store.
 *
 * <p>The store has the newest mebibyte. Lines of the agent before there is a process are kept and come first. Of a program that ended
 * well and printed nothing, nothing is shipped at the end. Trouble with files is logged and never holds the shard back. Safe to use from
 * any thread.
 */
final class ShardLog {
    private static final Logger LOG = LoggerFactory.getLogger(ShardLog.class);
    private static final int MAX_SHIPPED_BYTES = 1 << 20;
    private static final long MAX_LOCAL_BYTES = 16L << 20;
    private static final int TAIL_BYTES = 4096;
    private static final int MAX_LINE = 200;
    private static final String AGENT = " agent: ";
    private static final long NOTHING = -1;

    private final Lease lease;
    private final ObjectStore store;
    private final InstantSource clock;
    private final Path scratch;
    private final Object shipping = new Object();
    private final StringBuilder early = new StringBuilder();
    private Optional<Path> file = Optional.empty();
    private long shippedLength = NOTHING;
    private long ownBytes;
    private boolean endedWell;

    ShardLog(Lease lease, ObjectStore store, InstantSource clock, Path scratch) {
        this.lease = lease;
        this.store = store;
        this.clock = clock;
        this.scratch = scratch;
    }

    /** From now on the program prints to {@code path}. */
    synchronized void follow(Path path) {
        file = Optional.of(path);
        append(early.toString());
        early.setLength(0);
    }

    /** Adds a line of the agent's own. */
    synchronized void line(String text) {
        LOG.info("{} {}", lease, text);
        String line = clock.instant().truncatedTo(ChronoUnit.MILLIS) + AGENT + text + "\n";
        if (file.isPresent()) {
            append(line);
        } else {
            early.append(line);
        }
    }

    /** Nothing more comes of it; where it is well, the agent's own lines are of no interest. */
    synchronized void ended(Phase last) {
        line("is " + last);
        endedWell = last == Phase.DONE;
    }

    private synchronized boolean isDull(long length) {
        return endedWell && shippedLength == NOTHING && length == ownBytes;
    }

    /** {@code evidence} and the last line the program printed, if it printed any. */
    String withLastLine(String evidence) {
        try {
            return newest(TAIL_BYTES)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.contains(AGENT))
                    .reduce((before, last) -> last)
                    .map(line -> evidence + "; its last line: "
                            + (line.length() > MAX_LINE ? line.substring(0, MAX_LINE) + "..." : line))
                    .orElse(evidence);
        } catch (IOException e) {
            return evidence;
        }
    }

    /** Puts the newest part into the store if anything was added. Blocks, but not those that add lines. */
    void ship() {
        synchronized (shipping) {
            try {
                Optional<Path> printed = file();
                String text = printed.isPresent() ? newest(MAX_SHIPPED_BYTES) : earlyLines();
                long length = printed.isPresent() ? Files.size(printed.get()) : text.length();
                if (length == shippedLength || isDull(length)) {
                    return;
                }
                put(text);
                shippedLength = length;
                if (printed.isPresent() && length > MAX_LOCAL_BYTES) {
                    Files.write(printed.get(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
                }
            } catch (IOException e) {
                LOG.warn("can't ship the log of {}: {}", lease, e.toString());
            }
        }
    }

    /** The scratch file lies beside the shard's directory, which may go at any time once the lease is over. */
    private void put(String text) throws IOException {
        Files.createDirectories(scratch.toAbsolutePath().getParent());
        try {
            store.put(CheckpointLayout.log(lease), Files.writeString(scratch, text));
        } finally {
            Files.deleteIfExists(scratch);
        }
    }

    /** Deletes what the program printed. */
    void delete() throws IOException {
        Optional<Path> printed = file();
        if (printed.isPresent()) {
            Files.deleteIfExists(printed.get());
        }
    }

    private synchronized Optional<Path> file() {
        return file;
    }

    private synchronized String earlyLines() {
        return early.toString();
    }

    private String newest(int bytes) throws IOException {
        Optional<Path> printed = file();
        if (printed.isEmpty()) {
            return "";
        }
        try (RandomAccessFile in = new RandomAccessFile(printed.get().toFile(), "r")) {
            long from = Math.max(0, in.length() - bytes);
            byte[] newest = new byte[(int) (in.length() - from)];
            in.seek(from);
            in.readFully(newest);
            return new String(newest, StandardCharsets.UTF_8);
        }
    }

    private void append(String text) {
        file.ifPresent(path -> {
            try {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                Files.write(path, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                ownBytes += bytes.length;
            } catch (IOException e) {
                LOG.warn("can't write the log of {}: {}", lease, e.toString());
            }
        });
    }
}
