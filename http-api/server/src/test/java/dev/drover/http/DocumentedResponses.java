package dev.drover.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Holds responses against the OpenAPI document: address, status, type and body. */
final class DocumentedResponses {
    private static final String BASE = "https://drover.invalid/openapi.json";

    private final JsonNode document = OpenApiDocument.load();
    private final JsonSchemaFactory factory = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(BASE, document.toString()))));

    JsonNode document() {
        return document;
    }

    /** Fails unless the document allows this response; problems of unknown addresses are held against the problem schema. */
    void verify(String method, String path, int status, String contentType, String body) {
        Optional<String> template = template(path, method);
        String type = List.of(contentType.split(";", -1)).getFirst();
        String pointer = template.map(known -> response(known, method, status)).orElse("/components/responses/Problem");
        String schema = pointer + "/content/" + escaped(type) + "/schema";
        assertThat(document.at(schema).isMissingNode())
                .as("%s %s answered %d as %s, which is not documented (%s)", method, path, status, type, schema)
                .isFalse();
        verify(schema, type.endsWith("json") ? json(body) : new TextNode(body), method + " " + path + " " + status);
    }

    /** Fails unless {@code value} is of the schema at {@code pointer}. */
    void verify(String pointer, JsonNode value, String what) {
        JsonSchema schema = factory.getSchema(SchemaLocation.of(BASE + "#" + pointer));
        Set<ValidationMessage> problems = schema.validate(value);
        assertThat(problems).as("%s answered %s", what, value).isEmpty();
    }

    private String response(String template, String method, int status) {
        String responses = "/paths/" + escaped(template) + "/" + method.toLowerCase(Locale.ROOT) + "/responses/";
        String own = responses + status;
        return document.at(own).isMissingNode() ? "/components/responses/Problem" : own;
    }

    private Optional<String> template(String path, String method) {
        List<String> segments = List.of(path.substring(1).split("/", -1));
        for (var documented : document.get("paths").properties()) {
            if (documented.getValue().has(method.toLowerCase(Locale.ROOT))
                    && PathTemplate.of(documented.getKey()).match(segments).isPresent()) {
                return Optional.of(documented.getKey());
            }
        }
        return Optional.empty();
    }

    private static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    static JsonNode json(String text) {
        try {
            return DroverJson.mapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }
}
