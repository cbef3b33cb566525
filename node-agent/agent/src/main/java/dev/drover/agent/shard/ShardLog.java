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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a shard's program printed and what the agent has to say about it, shipped to the store.
 *
 * <p>The store has the newest mebibyte. What the agent says before the program has printed anything is kept in memory, and comes first.
 * Of a program that ended well and printed nothing, nothing is shipped at the end. Trouble with files is logged and never holds the shard
 * back. Safe to use from any thread.
 */
final class ShardLog {
    private static final Logger LOG = LoggerFactory.getLogger(ShardLog.class);
    private static final int MAX_SHIPPED_BYTES = 1 << 20;
    private static final long MAX_LOCAL_BYTES = 16L << 20;
    private static final int TAIL_BYTES = 4096;
    private static final int MAX_LINE = 200;
    private static final String AGENT = " agent: ";
    private static final long NOTHING = -1;

    /** What the agent alone has to say of a start is only worth a write when the start takes its time. */
    private static final Duration OF_INTEREST_AFTER = Duration.ofSeconds(10);

    private final Lease lease;
    private final ObjectStore store;
    private final InstantSource clock;
    private final Path scratch;
    private final Object shipping = new Object();
    private final StringBuilder first = new StringBuilder();
    private final Instant worthShippingFrom;
    private Optional<Path> file = Optional.empty();
    private long shippedLength = NOTHING;
    private Optional<Phase> ended = Optional.empty();

    ShardLog(Lease lease, ObjectStore store, InstantSource clock, Path scratch) {
        this.lease = lease;
        this.store = store;
        this.clock = clock;
        this.scratch = scratch;
        this.worthShippingFrom = clock.instant().plus(OF_INTEREST_AFTER);
    }

    /** From now on the program prints to {@code path}. */
    synchronized void follow(Path path) {
        file = Optional.of(path);
    }

    /** Adds a line of the agent's own. */
    synchronized void line(String text) {
        LOG.info("{} {}", lease, text);
        String line = clock.instant().truncatedTo(ChronoUnit.MILLIS) + AGENT + text + "\n";
        if (printed() > 0) {
            append(line);
        } else {
            first.append(line);
        }
    }

    /** Nothing more comes of it; where it is well, the agent's own lines are of no interest. */
    synchronized void ended(Phase last) {
        line("is " + last);
        ended = Optional.of(last);
    }

    /** Only the agent has said something; and all is well, or it will soon be known whether it is. */
    private synchronized boolean isDull() {
        boolean isWell =
                ended.map(Phase.DONE::equals).orElseGet(() -> clock.instant().isBefore(worthShippingFrom));
        return isWell && shippedLength == NOTHING && printed() == 0;
    }

    /** How long the file is, in bytes; it may not be there yet, or no more. */
    private long printed() {
        return file().map(path -> path.toFile().length()).orElse(0L);
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
                String agents = first();
                long printed = printed();
                long length = agents.length() + printed;
                if (length == shippedLength || isDull()) {
                    return;
                }
                String all = agents + newest(MAX_SHIPPED_BYTES);
                put(all.substring(Math.max(0, all.length() - MAX_SHIPPED_BYTES)));
                shippedLength = length;
                if (printed > MAX_LOCAL_BYTES) {
                    beginAnew();
                }
            } catch (IOException e) {
                LOG.warn("can't ship the log of {}: {}", lease, e.toString());
            }
        }
    }

    private synchronized void beginAnew() throws IOException {
        Files.write(file.orElseThrow(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        first.setLength(0);
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

    private synchronized String first() {
        return first.toString();
    }

    private String newest(int bytes) throws IOException {
        if (printed() == 0) {
            return "";
        }
        try (RandomAccessFile in = new RandomAccessFile(file().orElseThrow().toFile(), "r")) {
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
                Files.writeString(path, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                LOG.warn("can't write the log of {}: {}", lease, e.toString());
            }
        });
    }
}
