package dev.drover.persistence.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;

/** The JSON of the journal: {@link DroverJson} with maps in order, so that equal values have equal bytes. */
final class JournalJson {
    private static final ObjectMapper MAPPER = canonical(DroverJson.mapper());

    private JournalJson() {}

    /** A copy of {@code mapper} that writes maps in a stable order. */
    static ObjectMapper canonical(ObjectMapper mapper) {
        return mapper.copy().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);
    }

    static ObjectMapper mapper() {
        return MAPPER;
    }

    static byte[] write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new JournalFormatException("can't write " + value + " for the journal: " + e.getOriginalMessage(), e);
        }
    }

    static <T> T read(ObjectMapper mapper, byte[] bytes, String manifest, Class<T> type) {
        try {
            return mapper.readValue(bytes, type);
        } catch (IOException e) {
            throw new JournalFormatException(
                    "can't read a '%s' of %d bytes from the journal as %s: %s"
                            .formatted(manifest, bytes.length, type.getSimpleName(), e.getMessage()),
                    e);
        }
    }
}
