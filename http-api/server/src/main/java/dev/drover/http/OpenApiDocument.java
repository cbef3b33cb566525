package dev.drover.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.spec.SpecText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The API's own description, OpenAPI 3.1, written by hand in a few files that are put together here. */
final class OpenApiDocument {
    private static final List<String> PARTS = List.of(
            "base.yaml",
            "jobs.yaml",
            "pools.yaml",
            "schedulers.yaml",
            "system.yaml",
            "job-schemas.yaml",
            "plan-schemas.yaml",
            "pool-schemas.yaml");

    private OpenApiDocument() {}

    static ObjectNode load() {
        ObjectNode whole = part(PARTS.getFirst());
        PARTS.stream().skip(1).map(OpenApiDocument::part).forEach(part -> merge(whole, part));
        return whole;
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        for (var field : from.properties()) {
            JsonNode there = into.get(field.getKey());
            if (there instanceof ObjectNode target && field.getValue() instanceof ObjectNode source) {
                merge(target, source);
            } else if (there == null) {
                into.set(field.getKey(), field.getValue());
            } else {
                throw new IllegalStateException("the OpenAPI document says '" + field.getKey() + "' twice");
            }
        }
    }

    private static ObjectNode part(String name) {
        try (InputStream in = OpenApiDocument.class.getResourceAsStream("openapi/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the resource openapi/" + name + " is not on the class path");
            }
            return SpecText.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the resource openapi/" + name, e);
        }
    }
}
