package dev.drover.control;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;

/**
 * The JSON of what schedulers say to each other: {@link DroverJson} with a type's name where there is a choice, and references to
 * actors as text. A field that this version does not know is passed over, so that a newer scheduler may add one.
 */
final class ClusterJson {
    /** What there is a choice of. The names are those of the classes, and part of the wire. */
    private static final List<Class<?>> CHOICES =
            List.of(Input.class, Effort.class, PoolCommand.class, PoolReply.class, AgentCommand.class);

    private ClusterJson() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    private interface Named {}

    static ObjectMapper mapper(ActorRefResolver resolver) {
        ObjectMapper mapper = DroverJson.fromPeers().copy();
        for (Class<?> choice : CHOICES) {
            mapper.addMixIn(choice, Named.class);
            leaves(choice).forEach(leaf -> mapper.registerSubtypes(new NamedType(leaf, leaf.getSimpleName())));
        }
        SimpleModule references = new SimpleModule("drover-actor-references");
        references.addSerializer(new RefWriter(resolver));
        references.addDeserializer(ActorRef.class, new RefReader(resolver));
        return mapper.registerModule(references);
    }

    private static Stream<Class<?>> leaves(Class<?> choice) {
        return choice.isSealed()
                ? Stream.of(choice.getPermittedSubclasses()).flatMap(ClusterJson::leaves)
                : Stream.of(choice);
    }

    @SuppressWarnings("rawtypes")
    private static final class RefWriter extends StdSerializer<ActorRef> {
        private static final long serialVersionUID = 1;

        private final transient ActorRefResolver resolver;

        RefWriter(ActorRefResolver resolver) {
            super(ActorRef.class);
            this.resolver = resolver;
        }

        @Override
        public void serialize(ActorRef ref, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(resolver.toSerializationFormat((ActorRef<?>) ref));
        }

        @Override
        public void serializeWithType(ActorRef ref, JsonGenerator out, SerializerProvider provider, TypeSerializer type)
                throws IOException {
            serialize(ref, out, provider);
        }
    }

    @SuppressWarnings("rawtypes")
    private static final class RefReader extends StdDeserializer<ActorRef> {
        private static final long serialVersionUID = 1;

        private final transient ActorRefResolver resolver;

        RefReader(ActorRefResolver resolver) {
            super((JavaType) null);
            this.resolver = resolver;
        }

        @Override
        public ActorRef deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return resolver.resolveActorRef(in.getText());
        }
    }
}
