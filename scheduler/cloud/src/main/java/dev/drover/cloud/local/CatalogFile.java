package dev.drover.cloud.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a {@link Catalog} from YAML or JSON. A top-level field that is left out is that of {@link Catalog#standard}. */
public final class CatalogFile {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private CatalogFile() {}

    /**
     * Reads and checks the file.
     *
     * @throws IllegalArgumentException naming the file, the field and what is allowed
     */
    public static Catalog read(Path file) throws IOException {
        // JSON is YAML: one parser reads both.
        return parse(Files.readString(file), file.toString());
    }

    static Catalog parse(String text, String source) {
        try {
            ObjectNode merged = DroverJson.mapper().valueToTree(Catalog.standard());
            JsonNode given = YAML.readTree(text);
            if (!(given instanceof ObjectNode fields)) {
                throw new IllegalArgumentException(source + ": a catalog is an object with fields, as 'tick: 10s'");
            }
            merged.setAll(fields);
            return DroverJson.mapper().treeToValue(merged, Catalog.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(source + ": " + Problem.explain(e), e);
        }
    }
}
