package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.golden.GoldenFiles;
import dev.drover.protocol.golden.Samples;
import java.io.IOException;
import java.io.NotSerializableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What schedulers of every release say to each other. */
class ClusterGoldenTest {
    private static final ActorTestKit TEST_KIT =
            ActorTestKit.create("golden", ConfigFactory.parseString("pekko.actor.provider = local"));
    private static final ClusterSerializer SERIALIZER =
            new ClusterSerializer((ExtendedActorSystem) Adapter.toClassic(TEST_KIT.system()));
    private static final GoldenFiles GOLDEN = new GoldenFiles("cluster");

    @AfterAll
    static void stop() {
        TEST_KIT.shutdownTestKit();
    }

    /** One of each manifest, and of each with a choice in it one per alternative. */
    private static Map<String, Object> samples() {
        Map<String, Object> all = new TreeMap<>();
        for (int variant = 0; variant < 2; variant++) {
            Samples samples = new Samples(variant);
            ActorRef<Object> ref =
                    Adapter.toTyped(Adapter.toClassic(TEST_KIT.system()).deadLetters());
            samples.give(ActorRef.class, name -> ref);
            for (Class<?> reply : Samples.leaves(PoolReply.class).toList()) {
                add(all, variant, reply, samples.of(reply));
            }
            for (Class<?> input : Samples.leaves(Input.class).toList()) {
                samples.give(Input.class, name -> samples.of(input));
                add(all, variant, input, samples.of(PoolFrontActor.Tell.class));
                add(all, variant, input, samples.of(PoolFrontActor.Heard.class));
            }
            for (Class<?> command : Samples.leaves(PoolCommand.class).toList()) {
                samples.give(PoolCommand.class, name -> samples.of(command));
                add(all, variant, command, samples.of(PoolFrontActor.Ask.class));
            }
            for (Class<?> command : Samples.leaves(AgentCommand.class).toList()) {
                samples.give(AgentCommand.class, name -> samples.of(command));
                add(all, variant, command, samples.of(AgentSession.Tell.class));
            }
            Stream.of(AgentSession.Announce.class, AgentSession.Replaced.class)
                    .forEach(type -> add(all, 0, type, samples.of(type)));
            Stream.of(TelemetryActor.Steps.class, TelemetryActor.CheckpointKnown.class)
                    .forEach(type -> add(all, 0, type, new Samples(0).of(type)));
        }
        return all;
    }

    private static void add(Map<String, Object> all, int variant, Class<?> kind, Object message) {
        all.put(SERIALIZER.manifest(message) + "_" + kind.getSimpleName() + "-" + variant + ".json", message);
    }

    @Test
    void messagesAreWhatTheyWere() throws IOException {
        Map<String, Object> samples = samples();
        for (Map.Entry<String, Object> sample : samples.entrySet()) {
            byte[] bytes = SERIALIZER.toBinary(sample.getValue());
            assertThat(bytes[0]).as("not compressed").isZero();
            String json = GOLDEN.newest(sample.getKey(), new String(bytes, 1, bytes.length - 1, UTF_8));
            assertThat(read(sample.getKey(), json)).as(sample.getKey()).isEqualTo(sample.getValue());
        }
        assertThat(GOLDEN.names()).isEqualTo(new TreeSet<>(samples.keySet()));
    }

    @Test
    void everyManifestHasASample() {
        Set<String> sampled = new TreeSet<>();
        samples().keySet().forEach(name -> sampled.add(manifest(name)));
        assertThat(sampled).isEqualTo(new TreeSet<>(ClusterSerializer.MANIFESTS.keySet()));
    }

    @Test
    void everyMessageThatWasReleasedIsRead() throws IOException {
        for (String name : GOLDEN.names()) {
            for (Path file : GOLDEN.all(name)) {
                assertThat(read(name, Files.readString(file))).isNotNull();
            }
        }
    }

    @Test
    void whatANewerSchedulerAddsToAViewIsPassedOver() throws IOException {
        PoolReply.Job job = new Samples(0).of(PoolReply.Job.class);
        byte[] bytes = SERIALIZER.toBinary(job);
        String json = new String(bytes, 1, bytes.length - 1, UTF_8);
        String more = json.replace("\"priority\":", "\"affinity\":{\"to\":[1]},\"priority\":")
                .replace("\"owner\":", "\"tenant\":\"t\",\"owner\":");
        assertThat(more).contains("affinity").contains("tenant");
        assertThat(read("pool.reply.v1_Job", more)).isEqualTo(job);
    }

    /** To drop it without a word would be to accept a job that is not what was asked for. */
    @Test
    void whatANewerSchedulerAsksForIsNotDropped() {
        Samples samples = new Samples(0);
        samples.give(PoolCommand.class, name -> samples.of(PoolCommand.SubmitJob.class));
        samples.give(
                ActorRef.class,
                name -> Adapter.toTyped(Adapter.toClassic(TEST_KIT.system()).deadLetters()));
        byte[] bytes = SERIALIZER.toBinary(samples.of(PoolFrontActor.Ask.class));
        String json = new String(bytes, 1, bytes.length - 1, UTF_8);
        String more = json.replace("\"priority\":", "\"affinity\":{\"to\":[1]},\"priority\":");
        assertThatThrownBy(() -> read("pool.ask.v1_SubmitJob", more))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining("affinity");
    }

    private static Object read(String name, String json) throws IOException {
        return SERIALIZER.fromBinary(("\0" + json).getBytes(UTF_8), manifest(name));
    }

    private static String manifest(String name) {
        return name.substring(0, name.indexOf('_'));
    }
}
