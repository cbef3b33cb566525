package dev.drover.http;

import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads one log on from where it was left, a part at a time.
 *
 * <p>The store has only the newest part of a log, so what was read moves towards its beginning while it grows. The last bytes
 * read tell where they are now; where they are gone, everything is new. A log that repeats itself for longer than those bytes
 * can't be told from one that stands still.
 */
final class LogTail {
    private static final int PART = 64 << 10;
    private static final int MARK = 1 << 10;
    /** No character is longer. */
    private static final int LONGEST_CHARACTER = 4;

    private final ObjectStore store;
    private final String key;
    /** The last bytes read, and where they end. */
    private byte[] mark = new byte[0];

    private long offset;

    LogTail(ObjectStore store, String key) {
        this.store = store;
        this.key = key;
    }

    /**
     * The next part, empty when there is nothing new.
     *
     * @param toTheEnd whether half a line counts, too; else it waits for its rest
     */
    String next(boolean toTheEnd) throws IOException {
        byte[] read = at(offset);
        if (!isMarked(read, 0)) {
            find();
            read = at(offset);
        }
        int from = mark.length;
        int to = end(read, from, toTheEnd);
        if (to <= from) {
            return "";
        }
        offset += to - from;
        mark = Arrays.copyOfRange(read, Math.max(0, to - MARK), to);
        return new String(read, from, to - from, StandardCharsets.UTF_8);
    }

    /** The mark, as it should be, and what follows it. */
    private byte[] at(long position) throws IOException {
        return store.get(key, position - mark.length, mark.length + PART).orElseGet(mark::clone);
    }

    private boolean isMarked(byte[] read, int at) {
        return read.length >= at + mark.length && Arrays.equals(read, at, at + mark.length, mark, 0, mark.length);
    }

    /** Looks for the mark in the whole log, the last one if there are several. */
    private void find() throws IOException {
        long found = 0;
        byte[] part = at(mark.length);
        for (long start = 0; part.length >= mark.length; start += PART) {
            for (int at = 0; at + mark.length <= part.length; at++) {
                found = isMarked(part, at) ? start + at + mark.length : found;
            }
            part = store.get(key, start + PART, mark.length + PART).orElse(new byte[0]);
        }
        offset = found;
        mark = found == 0 ? new byte[0] : mark;
    }

    private static int end(byte[] read, int from, boolean toTheEnd) {
        boolean isWhole = read.length - from < PART;
        if (isWhole && toTheEnd) {
            return read.length;
        }
        for (int end = read.length; end > from; end--) {
            if (read[end - 1] == '\n') {
                return end;
            }
        }
        return isWhole ? from : beforeLastCharacter(read);
    }

    /** A line longer than a part is cut, but not within a character. */
    private static int beforeLastCharacter(byte[] read) {
        int end = read.length - 1;
        while (end > read.length - LONGEST_CHARACTER && (read[end] & 0xC0) == 0x80) {
            end--;
        }
        return end;
    }
}
