package dev.drover.control;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.json.NewerViews;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.OutputStream;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * How schedulers of one cluster write what they say to each other: JSON under a manifest, long texts compressed. A message never
 * changes its meaning under its manifest; a field may be added, as an {@code Optional}. A message that this version does not know, or
 * that hangs on a value which it does not know, is dropped with a line in the log: its asker asks again or gives up, and what reports
 * say is said again.
 */
public final class ClusterSerializer extends SerializerWithStringManifest {
    /** On the wire between versions, so never to be changed. */
    private static final int IDENTIFIER = 7303;

    /** What each message is called on the wire between versions: never to be changed, nor used for another. */
    static final Map<String, Class<?>> MANIFESTS = Map.of(
            "pool.tell.v1", PoolFrontActor.Tell.class,
            "pool.heard.v1", PoolFrontActor.Heard.class,
            "pool.ask.v1", PoolFrontActor.Ask.class,
            "pool.reply.v1", PoolReply.class,
            "session.tell.v1", AgentSession.Tell.class,
            "session.announce.v1", AgentSession.Announce.class,
            "session.replaced.v1", AgentSession.Replaced.class,
            "telemetry.steps.v1", TelemetryActor.Steps.class,
            "telemetry.checkpoint.v1", TelemetryActor.CheckpointKnown.class);

    private static final int COMPRESS_FROM_BYTES = 16 * 1024;
    private static final byte PLAIN = 0;
    private static final byte COMPRESSED = 1;

    private final ObjectMapper mapper;
    private final ObjectMapper views;

    /** Pekko makes it by name. */
    public ClusterSerializer(ExtendedActorSystem system) {
        ActorRefResolver references = ActorRefResolver.get(Adapter.toTyped(system));
        this.mapper = ClusterJson.mapper(references);
        this.views = NewerViews.readBy(ClusterJson.mapper(references));
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return MANIFESTS.entrySet().stream()
                .filter(entry -> entry.getValue().isInstance(message))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("schedulers do not send each other a " + message.getClass()));
    }

    /** A byte that says how it is written, then the JSON. */
    @Override
    public byte[] toBinary(Object message) {
        try {
            byte[] json = message instanceof PoolReply
                    ? mapper.writerFor(PoolReply.class).writeValueAsBytes(message)
                    : mapper.writeValueAsBytes(message);
            boolean isLong = json.length >= COMPRESS_FROM_BYTES;
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(isLong ? json.length / 4 : json.length + 1);
            bytes.write(isLong ? COMPRESSED : PLAIN);
            try (OutputStream out = isLong ? new GZIPOutputStream(bytes) : bytes) {
                out.write(json);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalArgumentException("can't write a " + manifest(message) + " for another scheduler", e);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        Class<?> type = type(manifest);
        InputStream rest = new ByteArrayInputStream(bytes, 1, bytes.length - 1);
        try (InputStream in = bytes[0] == COMPRESSED ? new GZIPInputStream(rest) : rest) {
            return (type == PoolReply.class ? views : mapper).readValue(in, type);
        } catch (IOException e) {
            throw new NotSerializableException("a '%s' of %d bytes from another scheduler can't be read: %s"
                    .formatted(manifest, bytes.length, e.getMessage()));
        }
    }

    private static Class<?> type(String manifest) throws NotSerializableException {
        Class<?> type = MANIFESTS.get(manifest);
        if (type == null) {
            throw new NotSerializableException("a message '" + manifest
                    + "' came from another scheduler, which this version does not know; it is dropped");
        }
        return type;
    }
}
