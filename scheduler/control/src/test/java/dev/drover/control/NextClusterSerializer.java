package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.api.PoolReply;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * How a next version speaks to its fellow schedulers: with more fields everywhere but in what a user asks for, with an input of a kind
 * that this version does not know instead of each tick, and an answer of such a kind instead of each list of markets.
 */
public final class NextClusterSerializer extends SerializerWithStringManifest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** An object with one of these is no map of names. */
    private static final List<String> MARKS = List.of("type", "id", "spec", "input");

    private final ClusterSerializer today;

    /** Pekko makes it by name. */
    public NextClusterSerializer(ExtendedActorSystem system) {
        this.today = new ClusterSerializer(system);
    }

    @Override
    public int identifier() {
        return today.identifier();
    }

    @Override
    public String manifest(Object message) {
        return today.manifest(message);
    }

    @Override
    public byte[] toBinary(Object message) {
        byte[] bytes = today.toBinary(message);
        try {
            JsonNode tree = JSON.readTree(bytes, 1, bytes.length - 1);
            add(tree, !(message instanceof PoolReply));
            return ("\0"
                            + tree.toString()
                                    .replace("\"type\":\"Tick\"", "\"type\":\"Tock\"")
                                    .replace("\"type\":\"Markets\"", "\"type\":\"Bazaar\""))
                    .getBytes(UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(JsonNode tree, boolean isAsked) {
        tree.properties().forEach(field -> {
            if (!isAsked || !field.getKey().equals("spec")) {
                add(field.getValue(), isAsked);
            }
        });
        if (tree.isArray()) {
            tree.forEach(item -> add(item, isAsked));
        }
        if (tree instanceof ObjectNode object && MARKS.stream().anyMatch(object::has)) {
            object.putObject("addedByTheNext").put("in", "0.2");
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        return today.fromBinary(bytes, manifest);
    }
}
