package dev.drover.protocol.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.golden.GoldenFiles;
import dev.drover.protocol.golden.Samples;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.StepRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class AgentWireTest {
    /** Its number, as Kryo writes it. */
    private static final int HELLO = 22;

    @Test
    void everyMessageComesBackAsItWas() {
        LongStream.range(0, 300).mapToObj(SeededMessages::new).forEach(seeded -> {
            for (AgentReport report : seeded.reports()) {
                assertThat(AgentWire.decodeReport(AgentWire.encode(report))).isEqualTo(report);
            }
            for (AgentCommand command : seeded.commands()) {
                assertThat(commands(AgentWire.encode(command))).containsExactly(command);
            }
        });
    }

    /** Every kind of message has a codec, so that a new one can't be forgotten. */
    @Test
    void theGeneratorKnowsEveryKind() {
        SeededMessages seeded = new SeededMessages(1);
        assertThat(seeded.reports().stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrder(AgentReport.class.getPermittedSubclasses());
        assertThat(seeded.commands().stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrder(AgentCommand.class.getPermittedSubclasses());
    }

    /** A frame whose bytes change needs a new {@link AgentWire#VERSION}, or new fields only at an end: older peers are still out there. */
    @Test
    void framesAreWhatTheyWere() throws IOException {
        GoldenFiles golden = new GoldenFiles("agent-wire");
        Set<String> sampled = new TreeSet<>();
        for (int variant = 0; variant < 2; variant++) {
            Samples samples = new Samples(variant);
            for (Class<?> kind : kinds().toList()) {
                Object message = samples.of(kind);
                String name = kind.getSimpleName() + "-" + variant + ".hex";
                assertThat(decoded(golden.newest(name, HexFormat.of().formatHex(encoded(message)) + "\n"), message))
                        .isEqualTo(message);
                sampled.add(name);
            }
        }
        assertThat(golden.names()).isEqualTo(sampled);
    }

    /** What any release ever wrote is a message today. */
    @Test
    void everyFrameThatWasReleasedIsRead() throws IOException {
        GoldenFiles golden = new GoldenFiles("agent-wire");
        for (String name : golden.names()) {
            for (Path file : golden.all(name)) {
                Class<?> kind = kinds().filter(type -> name.startsWith(type.getSimpleName() + "-"))
                        .findFirst()
                        .orElseThrow();
                assertThat(decoded(Files.readString(file), new Samples(0).of(kind)))
                        .isInstanceOf(kind);
            }
        }
    }

    private static Stream<Class<?>> kinds() {
        return Stream.of(AgentReport.class, AgentCommand.class).flatMap(Samples::leaves);
    }

    private static byte[] encoded(Object message) {
        return switch (message) {
            case AgentReport report -> AgentWire.encode(report);
            case AgentCommand command -> AgentWire.encode(command);
            default -> throw new IllegalArgumentException("no message: " + message);
        };
    }

    private static Object decoded(String hex, Object like) {
        byte[] frame = HexFormat.of().parseHex(hex.strip());
        return like instanceof AgentReport
                ? AgentWire.decodeReport(frame)
                : commands(frame).getFirst();
    }

    @Test
    void hostileBytesAreRefusedAndNothingElse() {
        Random random = new Random(7);
        for (int seed = 0; seed < 40; seed++) {
            SeededMessages seeded = new SeededMessages(seed);
            Stream.of(
                            seeded.reports().stream().map(AgentWire::encode),
                            seeded.commands().stream().map(AgentWire::encode))
                    .flatMap(frames -> frames)
                    .forEach(frame -> {
                        for (int length = 0; length < shortest(frame); length++) {
                            assertRefused(Arrays.copyOf(frame, length));
                        }
                        byte[] altered = frame.clone();
                        altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
                        onlyWireException(altered);
                    });
        }
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            if (bytes.length > 1 && random.nextInt(4) != 0) {
                bytes[0] = AgentWire.VERSION;
                bytes[1] = (byte) (random.nextBoolean() ? 22 + random.nextInt(4) : 42 + random.nextInt(7));
            }
            onlyWireException(bytes);
        }
    }

    @Test
    void aHugeLengthInAShortFrameAllocatesNothing() {
        byte[] refuseWithTwoGigabytes = HexFormat.of().parseHex("022bffffffff07");
        assertThatThrownBy(() -> commands(refuseWithTwoGigabytes))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("a text of length 2147483647");
    }

    @Test
    void anotherVersionIsNamed() {
        byte[] frame = AgentWire.encode(new AgentCommand.Refuse("no"));
        frame[0] = 9;
        assertThatThrownBy(() -> commands(frame))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("version 9")
                .hasMessageContaining("reads version 2");
    }

    @Test
    void aReportIsNoCommand() {
        byte[] frame = AgentWire.encode(new SeededMessages(1).reports().getFirst());
        assertThatThrownBy(() -> commands(frame)).isInstanceOf(WireException.class);
    }

    @Test
    void whatDoesNotFitIsRefusedByTheWriter() {
        assertThatThrownBy(() -> AgentWire.encode(new AgentCommand.Refuse("x".repeat(AgentWire.MAX_FRAME_BYTES))))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("1048576");
        StepRecord step = new StepRecord(1, 1, 1, 1, 1, 1, 1, null, 1);
        AgentReport tooMany =
                new AgentReport.Telemetry(Lease.parse("a/0@1"), Collections.nCopies(WireFields.MAX_ITEMS + 1, step));
        assertThatThrownBy(() -> AgentWire.encode(tooMany))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("4097");
    }

    @Test
    void severalCommandsTravelTogetherInTheirOrder() {
        List<AgentCommand> all = LongStream.range(0, 20)
                .boxed()
                .flatMap(seed -> new SeededMessages(seed).commands().stream())
                .toList();
        List<byte[]> frames = AgentWire.encode(all);
        assertThat(frames).hasSize(1);
        assertThat(commands(frames.getFirst())).isEqualTo(all);
        assertThat(AgentWire.encode(all.subList(0, 1)))
                .as("one alone is what it always was")
                .singleElement()
                .isEqualTo(AgentWire.encode(all.getFirst()));
        assertThat(AgentWire.encode(List.of())).isEmpty();
    }

    @Test
    void whatDoesNotFitIntoOneFrameGoesIntoTheNext() {
        AgentCommand third = new AgentCommand.Refuse("x".repeat(AgentWire.MAX_FRAME_BYTES / 3));
        AgentCommand whole = new AgentCommand.Refuse("x".repeat(AgentWire.MAX_FRAME_BYTES - 10));
        AgentCommand small = new AgentCommand.Heard();
        List<AgentCommand> all = new ArrayList<>(List.of(third, third, third, small, whole, small));
        all.addAll(Collections.nCopies(WireFields.MAX_ITEMS + 1, small));
        List<byte[]> frames = AgentWire.encode(all);
        assertThat(frames).hasSize(5).allMatch(frame -> frame.length <= AgentWire.MAX_FRAME_BYTES);
        assertThat(frames.stream().flatMap(frame -> commands(frame).stream()).toList())
                .isEqualTo(all);
    }

    private static List<AgentCommand> commands(byte[] frame) {
        return AgentWire.decodeCommands(frame, newer -> {
            throw newer;
        });
    }

    /** How many bytes a message of this kind must have: the last field of a Hello is newer than the others. */
    private static int shortest(byte[] frame) {
        return isHello(frame) ? frame.length - 1 : frame.length;
    }

    private static boolean isHello(byte[] frame) {
        return frame[1] == HELLO;
    }

    private static void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> AgentWire.decodeReport(bytes)).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> commands(bytes)).isInstanceOf(WireException.class);
    }

    private static void onlyWireException(byte[] bytes) {
        try {
            AgentWire.decodeReport(bytes);
        } catch (WireException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
        try {
            commands(bytes);
        } catch (WireException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }
}
