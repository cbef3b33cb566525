package dev.drover.protocol.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Writes and reads manifests. The file carries its own digest, so a torn or altered manifest is no manifest. */
public final class ManifestJson {
    private static final String DIGEST = "digest";
    private static final ObjectMapper CANONICAL =
            DroverJson.mapper().copy().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private ManifestJson() {}

    /** The file's bytes. */
    public static byte[] write(Manifest manifest) {
        ObjectNode tree = CANONICAL.valueToTree(manifest);
        tree.put(DIGEST, digest(manifest));
        return bytes(tree);
    }

    /** SHA-256 in hex over the manifest's content. */
    public static String digest(Manifest manifest) {
        return sha256(bytes(CANONICAL.valueToTree(manifest)));
    }

    /**
     * Reads and checks a manifest file.
     *
     * @throws InvalidCheckpointException when it is torn, altered, or of an unknown format
     */
    public static Manifest read(String key, byte[] content) {
        try {
            JsonNode tree = CANONICAL.readTree(content);
            if (!(tree instanceof ObjectNode object) || !object.path(DIGEST).isTextual()) {
                throw new InvalidCheckpointException(key, "is not a manifest");
            }
            String claimed = object.remove(DIGEST).asText();
            Manifest manifest = CANONICAL.treeToValue(object, Manifest.class);
            if (manifest.format() != Manifest.FORMAT) {
                throw new InvalidCheckpointException(
                        key, "has format " + manifest.format() + ", this version reads " + Manifest.FORMAT);
            }
            if (!claimed.equals(digest(manifest))) {
                throw new InvalidCheckpointException(key, "does not match its own digest");
            }
            return manifest;
        } catch (IOException e) {
            throw new InvalidCheckpointException(key, "is not readable as a manifest", e);
        }
    }

    /** SHA-256 in hex. */
    public static String sha256(byte[] content) {
        return HexFormat.of().formatHex(newSha256().digest(content));
    }

    /** A fresh SHA-256, which every Java platform has. */
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java platform has no SHA-256", e);
        }
    }

    private static byte[] bytes(JsonNode tree) {
        try {
            return CANONICAL.writeValueAsString(tree).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("can't write a manifest", e);
        }
    }
}
