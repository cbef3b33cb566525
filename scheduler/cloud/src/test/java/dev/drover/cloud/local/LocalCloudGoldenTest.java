package dev.drover.cloud.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.drover.cloud.Instance;
import dev.drover.cloud.LaunchRequest;
import dev.drover.cloud.LaunchResult;
import dev.drover.protocol.golden.GoldenFiles;
import dev.drover.protocol.golden.Samples;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.market.Offer;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What schedulers and a local cloud of every release say to each other, and what the cloud keeps. One outlives the other's upgrade. */
class LocalCloudGoldenTest {
    private static final GoldenFiles GOLDEN = new GoldenFiles("local-cloud");
    private static final List<Class<? extends Record>> ASKED = List.of(
            LaunchRequest.class,
            Faults.Evict.class,
            Faults.SetCapacity.class,
            Faults.SetPrice.class,
            Faults.SetBack.class);
    private static final List<Class<?>> ANSWERED = List.of(
            LaunchResult.Launched.class,
            LaunchResult.Refused.class,
            Instance.class,
            Offer.class,
            Billing.class,
            Problem.Body.class);
    private static final List<Class<? extends Record>> KEPT = List.of(CloudState.class, Endpoint.class, Image.class);

    @Test
    void everyMessageIsWhatItWas() throws IOException {
        Set<String> sampled = new TreeSet<>();
        for (Class<? extends Record> type : ASKED) {
            assertThat(JsonBody.fromPeer(golden(type, sampled).getBytes(UTF_8), type))
                    .isEqualTo(sample(type));
        }
        for (Class<?> type : ANSWERED) {
            assertThat(answered(golden(type, sampled), type)).isEqualTo(sample(type));
        }
        for (Class<? extends Record> type : KEPT) {
            assertThat(DroverJson.mapper().readValue(golden(type, sampled), type))
                    .isEqualTo(sample(type));
        }
        assertThat(GOLDEN.names()).isEqualTo(sampled);
    }

    @Test
    void everyMessageThatWasReleasedIsRead() throws IOException {
        for (Class<?> type : ANSWERED) {
            for (Path file : GOLDEN.all(name(type))) {
                assertThat(answered(Files.readString(file), type)).isInstanceOf(type);
            }
        }
        for (Class<? extends Record> type : ASKED) {
            for (Path file : GOLDEN.all(name(type))) {
                assertThat(JsonBody.fromPeer(Files.readAllBytes(file), type)).isInstanceOf(type);
            }
        }
    }

    @Test
    void aFieldOfANewerSchedulerOrCloudIsPassedOver() throws IOException {
        String asked = DroverJson.mapper().writeValueAsString(sample(LaunchRequest.class));
        String more = asked.replaceFirst("\\{", "{\"placement\":{\"spread\":true},");
        assertThat(JsonBody.fromPeer(more.getBytes(UTF_8), LaunchRequest.class)).isEqualTo(sample(LaunchRequest.class));
        assertThatThrownBy(() -> JsonBody.fromPeer("{}".getBytes(UTF_8), LaunchRequest.class))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("'node' is missing");
        String answer = DroverJson.mapper().writeValueAsString(sample(Instance.class));
        assertThat(answered(answer.replaceFirst("\\{", "{\"address\":\"10.0.0.1\","), Instance.class))
                .isEqualTo(sample(Instance.class));
    }

    private static String golden(Class<?> type, Set<String> sampled) throws IOException {
        sampled.add(name(type));
        return GOLDEN.newest(name(type), DroverJson.mapper().writeValueAsString(sample(type)));
    }

    private static Object answered(String json, Class<?> type) {
        LocalCloudClient.Reply reply = new LocalCloudClient.Reply(200, json);
        return LaunchResult.class.isAssignableFrom(type)
                ? reply.as(new TypeReference<LaunchResult>() {})
                : read(reply, type);
    }

    private static Object read(LocalCloudClient.Reply reply, Class<?> type) {
        return reply.as(new TypeReference<Object>() {
            @Override
            public Type getType() {
                return type;
            }
        });
    }

    private static <T> T sample(Class<T> type) {
        return new Samples(1).of(type);
    }

    private static String name(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.') + ".json";
    }
}
