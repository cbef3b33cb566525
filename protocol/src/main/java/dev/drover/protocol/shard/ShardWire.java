package dev.drover.protocol.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/**
 * Reads and writes lines of the shard protocol.
 *
 * <p>Unknown properties are ignored, so that either side may be newer. Floats survive exactly: both sides print the shortest
 * decimal that reads back as the same bits. A bare {@code NaN} is read, since a loss may be one and Python prints it so.
 */
public final class ShardWire {
    /** The environment variable with the socket's path. */
    public static final String SOCKET_VARIABLE = "DROVER_SOCKET";

    /** A longer line is a broken or hostile peer: the reader closes the connection. */
    public static final int MAX_LINE_BYTES = 1 << 20;

    private static final int LONGEST_LINE_SHOWN = 200;
    private static final int LONGEST_PROBLEM_SHOWN = 120;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private ShardWire() {}

    /** The mapper of this protocol, for specs inside an {@link Assignment}. */
    public static ObjectMapper json() {
        return JSON;
    }

    /** One line, with its newline. */
    public static String line(Object message) {
        try {
            return JSON.writeValueAsString(message) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("can't write a shard message: " + message, e);
        }
    }

    /**
     * Reads one line.
     *
     * @throws IllegalArgumentException when the line is not such a message, with the start of the line
     */
    public static <T> T parse(String line, Class<T> type) {
        try {
            T message = JSON.readValue(line, type);
            if (message == null) {
                throw new IllegalArgumentException("not a shard message: null");
            }
            return message;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "not a shard message: " + head(line, LONGEST_LINE_SHOWN) + " ("
                            + head(e.getOriginalMessage(), LONGEST_PROBLEM_SHOWN) + ")",
                    e);
        }
    }

    /**
     * Reads one line of a peer that may be newer.
     *
     * @return empty where it is a message of a kind that this version does not know, which is to be passed over
     * @throws IllegalArgumentException when the line is no message of any version
     */
    public static <T> Optional<T> parseKnown(String line, Class<T> type) {
        try {
            return Optional.of(parse(line, type));
        } catch (IllegalArgumentException e) {
            if (e.getCause() instanceof InvalidTypeIdException unknown && unknown.getTypeId() != null) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String head(String text, int length) {
        return text.length() > length ? text.substring(0, length) + "..." : text;
    }
}
