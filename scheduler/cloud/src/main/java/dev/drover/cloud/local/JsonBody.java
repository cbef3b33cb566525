package dev.drover.cloud.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Reads a record from JSON: unknown fields and missing ones are refused by name, however deep. */
final class JsonBody {
    private JsonBody() {}

    static <T extends Record> T read(byte[] bytes, Class<T> type) {
        return read(bytes, type, DroverJson.mapper());
    }

    /** From a scheduler, which may be newer: a field that is not known here is passed over. */
    static <T extends Record> T fromPeer(byte[] bytes, Class<T> type) {
        return read(bytes, type, DroverJson.fromPeers());
    }

    private static <T extends Record> T read(byte[] bytes, Class<T> type, ObjectMapper mapper) {
        try {
            return read(mapper.readTree(bytes), type, mapper);
        } catch (JsonProcessingException e) {
            throw new Problem(400, Problem.explain(e));
        } catch (IOException e) {
            throw new Problem(400, "the body could not be read: " + e.getMessage());
        }
    }

    static <T extends Record> T read(JsonNode tree, Class<T> type) {
        return read(tree, type, DroverJson.mapper());
    }

    private static <T extends Record> T read(JsonNode tree, Class<T> type, ObjectMapper mapper) {
        if (!tree.isObject()) {
            throw new Problem(400, "the body is not a JSON object");
        }
        requireFields(tree, type, "");
        try {
            return mapper.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new Problem(400, Problem.explain(e));
        }
    }

    /** The compiler knows which components may be absent; so does this, by the same annotation. */
    private static void requireFields(JsonNode node, Type type, String path) {
        if (node.isArray() && type instanceof ParameterizedType list) {
            for (int i = 0; i < node.size(); i++) {
                requireFields(node.get(i), list.getActualTypeArguments()[0], path + "[" + i + "].");
            }
        }
        if (!node.isObject() || !(type instanceof Class<?> record) || !record.isRecord()) {
            return;
        }
        for (RecordComponent component : record.getRecordComponents()) {
            String field = path + component.getName();
            if (node.hasNonNull(component.getName())) {
                requireFields(
                        node.get(component.getName()),
                        component.getGenericType(),
                        component.getType().isRecord() ? field + "." : field);
            } else if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                throw new Problem(400, "field '" + field + "' is missing");
            }
        }
    }
}
