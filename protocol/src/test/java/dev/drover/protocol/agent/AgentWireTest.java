package dev.drover.protocol.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.StepRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AgentWireTest {
    @Test
    void everyMessageComesBackAsItWas() {
        LongStream.range(0, 300).mapToObj(SeededMessages::new).forEach(seeded -> {
            for (AgentReport report : seeded.reports()) {
                assertThat(AgentWire.decodeReport(AgentWire.encode(report))).isEqualTo(report);
            }
            AgentReport signalled = seeded.signalled();
            assertThat(AgentWire.decodeReport(AgentWire.encode(signalled))).isEqualTo(signalled);
            for (AgentCommand command : seeded.commands()) {
                assertThat(AgentWire.decodeCommand(AgentWire.encode(command))).isEqualTo(command);
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

    static Stream<Object> goldenMessages() {
        SeededMessages seeded = new SeededMessages(186);
        return Stream.concat(seeded.reports().stream(), seeded.commands().stream());
    }

    /** The seed fills every optional field somewhere. A frame whose bytes change needs a new {@link AgentWire#VERSION}: older agents are still out there. */
    @ParameterizedTest
    @MethodSource("goldenMessages")
    void framesAreWhatTheyWere(Object message) throws IOException {
        byte[] frame = switch (message) {
            case AgentReport report -> AgentWire.encode(report);
            case AgentCommand command -> AgentWire.encode(command);
            default -> throw new IllegalArgumentException("no message: " + message);
        };
        assertIsGolden(message.getClass().getSimpleName(), frame);
    }

    @Test
    void theFrameOfASignalIsWhatItWas() throws IOException {
        assertIsGolden("Signalled", AgentWire.encode(new SeededMessages(186).signalled()));
    }

    private static void assertIsGolden(String kind, byte[] frame) throws IOException {
        String name = "wire/v" + AgentWire.VERSION + "/" + kind + ".hex";
        try (InputStream golden = AgentWireTest.class.getClassLoader().getResourceAsStream(name)) {
            String hex = HexFormat.of().formatHex(frame);
            assertThat(golden).as("%s should hold %s", name, hex).isNotNull();
            if (golden != null) {
                assertThat(hex).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.US_ASCII).strip());
            }
        }
    }

    @Test
    void hostileBytesAreRefusedAndNothingElse() {
        Random random = new Random(7);
        for (int seed = 0; seed < 40; seed++) {
            SeededMessages seeded = new SeededMessages(seed);
            Stream.of(
                            seeded.reports().stream().map(AgentWire::encode),
                            seeded.commands().stream().map(AgentWire::encode),
                            Stream.of(AgentWire.encode(seeded.signalled())))
                    .flatMap(frames -> frames)
                    .forEach(frame -> {
                        for (int length = 0; length < frame.length; length++) {
                            assertRefused(Arrays.copyOf(frame, length));
                        }
                        assertRefused(Arrays.copyOf(frame, frame.length + 1));
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
        byte[] refuseWithTwoGigabytes = HexFormat.of().parseHex("012bffffffff07");
        assertThatThrownBy(() -> AgentWire.decodeCommand(refuseWithTwoGigabytes))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("a text of length 2147483647");
    }

    @Test
    void anotherVersionIsNamed() {
        byte[] frame = AgentWire.encode(new AgentCommand.Refuse("no"));
        frame[0] = 9;
        assertThatThrownBy(() -> AgentWire.decodeCommand(frame))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("version 9")
                .hasMessageContaining("reads version 1");
    }

    @Test
    void aReportIsNoCommand() {
        byte[] frame = AgentWire.encode(new SeededMessages(1).reports().getFirst());
        assertThatThrownBy(() -> AgentWire.decodeCommand(frame)).isInstanceOf(WireException.class);
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

    private static void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> AgentWire.decodeReport(bytes)).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> AgentWire.decodeCommand(bytes)).isInstanceOf(WireException.class);
    }

    private static void onlyWireException(byte[] bytes) {
        try {
            AgentWire.decodeReport(bytes);
        } catch (WireException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
        try {
            AgentWire.decodeCommand(bytes);
        } catch (WireException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }
}
