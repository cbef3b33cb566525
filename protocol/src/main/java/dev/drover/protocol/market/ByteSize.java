package dev.drover.protocol.market;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An amount of memory. Written {@code 512MiB}, {@code 2GiB}; a plain number is bytes. */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(B|KiB|MiB|GiB|TiB)?");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("memory: " + bytes + " is not allowed; use 0 or more bytes");
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ByteSize parse(String text) {
        Matcher form = FORM.matcher(text.trim());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "memory: '" + text + "' is not allowed; use a number with B, KiB, MiB, GiB or TiB, as 2GiB");
        }
        long value = Long.parseLong(form.group(1));
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i].equals(form.group(2))) {
                return new ByteSize(Math.multiplyExact(value, 1L << (10 * i)));
            }
        }
        return new ByteSize(value);
    }

    public static ByteSize ofMiB(long mebibytes) {
        return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The largest unit that divides it, as {@code 1536MiB}. */
    @Override
    @JsonValue
    public String toString() {
        int unit = bytes == 0 ? 0 : Math.min(UNITS.length - 1, Long.numberOfTrailingZeros(bytes) / 10);
        return (bytes >> (10 * unit)) + UNITS[unit];
    }
}
