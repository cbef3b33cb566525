package dev.drover.protocol.agent;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fields that frames are made of.
 *
 * <p>A length is believed only as far as the frame has bytes for it, so no frame allocates more than a small multiple of its
 * own size.
 */
final class WireFields {
    static final int MAX_ITEMS = 4096;

    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private WireFields() {}

    static void text(Output out, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeVarInt(bytes.length, true);
        out.writeBytes(bytes);
    }

    static String text(Input in) {
        int length = length(in, "text", Integer.MAX_VALUE);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(in.readBytes(length)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new WireException("a text of " + length + " bytes is not UTF-8", e);
        }
    }

    static void bytes(Output out, byte[] value) {
        out.writeVarInt(value.length, true);
        out.writeBytes(value);
    }

    static byte[] bytes(Input in) {
        return in.readBytes(length(in, "part", Integer.MAX_VALUE));
    }

    static <T> void list(Output out, List<T> values, BiConsumer<Output, T> write) {
        if (values.size() > MAX_ITEMS) {
            throw new WireException(
                    "a list of " + values.size() + " items; at most " + MAX_ITEMS + " fit into a frame");
        }
        out.writeVarInt(values.size(), true);
        values.forEach(value -> write.accept(out, value));
    }

    static <T> List<T> list(Input in, Function<Input, T> read) {
        int size = length(in, "list", MAX_ITEMS);
        List<T> values = new ArrayList<>(Math.min(size, 64));
        for (int i = 0; i < size; i++) {
            values.add(read.apply(in));
        }
        return List.copyOf(values);
    }

    /** A record with its length before it, so that a reader which knows fewer of its fields finds its end. */
    static void delimited(Output out, Runnable fields) {
        int start = out.position();
        out.writeInt(0);
        fields.run();
        int end = out.position();
        out.setPosition(start);
        out.writeInt(end - start - Integer.BYTES);
        out.setPosition(end);
    }

    /** Passes over what the record has more than is read of it. */
    static <T> T delimited(Input in, Supplier<T> fields) {
        int length = in.readInt();
        int limit = in.limit();
        if (length < 0 || length > limit - in.position()) {
            throw new WireException(
                    "a record of " + length + " bytes where " + (limit - in.position()) + " bytes are left");
        }
        int end = in.position() + length;
        in.setLimit(end);
        T value = fields.get();
        in.setLimit(limit);
        in.setPosition(end);
        return value;
    }

    static <T> void optional(Output out, @Nullable T value, BiConsumer<Output, T> write) {
        out.writeBoolean(value != null);
        if (value != null) {
            write.accept(out, value);
        }
    }

    static <T> @Nullable T optional(Input in, Function<Input, T> read) {
        return flag(in) ? read.apply(in) : null;
    }

    static boolean flag(Input in) {
        byte value = in.readByte();
        if (value != 0 && value != 1) {
            throw new WireException("a flag is " + value + "; 0 and 1 are allowed");
        }
        return value == 1;
    }

    static void instant(Output out, Instant value) {
        out.writeLong(value.getEpochSecond());
        out.writeInt(value.getNano());
    }

    static Instant instant(Input in) {
        long seconds = in.readLong();
        return Instant.ofEpochSecond(seconds, nanos(in));
    }

    static void duration(Output out, Duration value) {
        out.writeLong(value.getSeconds());
        out.writeInt(value.getNano());
    }

    static Duration duration(Input in) {
        long seconds = in.readLong();
        return Duration.ofSeconds(seconds, nanos(in));
    }

    /** Enums travel by name: their order may change. */
    static void name(Output out, Enum<?> value) {
        text(out, value.name());
    }

    /**
     * Reads the first value that this version knows: a newer one writes {@code NEW/OLD}, and so says what an older reader is to take
     * its new value for.
     */
    static <E extends Enum<E>> E name(Input in, Class<E> type) {
        String written = text(in);
        for (String name : written.split("/", -1)) {
            for (E value : type.getEnumConstants()) {
                if (value.name().equals(name)) {
                    return value;
                }
            }
        }
        throw new NewerFrameException("an unknown " + type.getSimpleName() + ": '" + written + "'");
    }

    private static int nanos(Input in) {
        int nanos = in.readInt();
        if (nanos < 0 || nanos >= NANOS_PER_SECOND) {
            throw new WireException("a time has " + nanos + " nanoseconds; 0 to 999999999 are allowed");
        }
        return nanos;
    }

    private static int length(Input in, String what, int most) {
        int length = in.readVarInt(true);
        int left = in.limit() - in.position();
        if (length < 0 || length > left || length > most) {
            throw new WireException("a " + what + " of length " + length + " where " + left + " bytes are left and "
                    + most + " is the limit");
        }
        return length;
    }
}
