package dev.drover.cloud.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Reads a record from JSON: unknown fields and missing ones are refused by name. */
final class JsonBody {
    private JsonBody() {}

    static <T extends Record> T read(byte[] bytes, Class<T> type) {
        ObjectMapper mapper = DroverJson.mapper();
        try {
            JsonNode tree = mapper.readTree(bytes);
            if (!(tree instanceof ObjectNode fields)) {
                throw new Problem(400, "the body is not a JSON object");
            }
            for (RecordComponent component : type.getRecordComponents()) {
                if (!fields.hasNonNull(component.getName())
                        && !component.getType().isPrimitive()
                        && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    throw new Problem(400, "field '" + component.getName() + "' is missing");
                }
            }
            return mapper.treeToValue(fields, type);
        } catch (JsonProcessingException e) {
            throw new Problem(400, Problem.explain(e));
        } catch (IOException e) {
            throw new Problem(400, "the body could not be read: " + e.getMessage());
        }
    }
}
