package dev.drover.protocol.agent;

import static dev.drover.protocol.agent.WireFields.delimited;
import static dev.drover.protocol.agent.WireFields.instant;
import static dev.drover.protocol.agent.WireFields.list;
import static dev.drover.protocol.agent.WireFields.optional;
import static dev.drover.protocol.agent.WireFields.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import dev.drover.protocol.golden.Samples;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a next version may write, as this one reads it; and the reverse. */
class NewerPeerTest {
    private static final int STATUS = 21;
    private static final AgentReport.Status STATUS_NOW = new Samples(3).of(AgentReport.Status.class);

    @Test
    void moreFieldsAreEndedWithAndPassedOver() {
        assertThat(AgentWire.decodeReport(next(STATUS_NOW, "RUNNING"))).isEqualTo(STATUS_NOW);
        for (AgentReport report : new SeededMessages(3).reports()) {
            assertThat(AgentWire.decodeReport(longer(AgentWire.encode(report)))).isEqualTo(report);
        }
        for (AgentCommand command : new SeededMessages(3).commands()) {
            assertThat(commands(longer(AgentWire.encode(command)))).containsExactly(command);
        }
    }

    @Test
    void aNewValueIsTakenForTheOlderOneThatItsWriterNames() {
        assertThat(AgentWire.decodeReport(next(STATUS_NOW, "PAUSED_FOR_ROUND/RUNNING")))
                .isEqualTo(STATUS_NOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAUSED_FOR_ROUND", "PAUSED_FOR_ROUND/HELD", ""})
    void aValueThatNobodyExplainsMakesTheMessageUnknown(String phase) {
        assertThatThrownBy(() -> AgentWire.decodeReport(next(STATUS_NOW, phase)))
                .isInstanceOf(NewerFrameException.class)
                .hasMessageContaining("Phase")
                .hasMessageContaining("'" + phase + "'");
    }

    @Test
    void aMessageOfANewKindIsUnknownAndNoDefect() {
        byte[] report = frame(39, out -> text(out, "a report of the next version"));
        assertThatThrownBy(() -> AgentWire.decodeReport(report))
                .isInstanceOf(NewerFrameException.class)
                .hasMessageContaining("39");
        byte[] command = frame(59, out -> text(out, "a command of the next version"));
        assertThatThrownBy(() -> commands(command)).isInstanceOf(NewerFrameException.class);
    }

    @Test
    void whatIsNewAmongSeveralIsPassedOverAlone() {
        List<AgentCommand> known = new SeededMessages(3).commands();
        byte[] frame = frame(
                48,
                out -> list(
                        out,
                        List.of(
                                longer(AgentWire.encode(known.getFirst())),
                                frame(59, fields -> text(fields, "a command of the next version")),
                                AgentWire.encode(known.getLast())),
                        WireFields::bytes));
        List<NewerFrameException> newer = new ArrayList<>();
        assertThat(AgentWire.decodeCommands(frame, newer::add)).containsExactly(known.getFirst(), known.getLast());
        assertThat(newer).singleElement().asString().contains("59");
    }

    @Test
    void anAgentThatDoesNotSayWhetherItReadsSeveralDoesNot() {
        AgentReport.Hello hello = new Samples(0).of(AgentReport.Hello.class);
        byte[] today = AgentWire.encode(hello);
        assertThat(AgentWire.decodeReport(Arrays.copyOf(today, today.length - 1)))
                .isEqualTo(new AgentReport.Hello(
                        hello.node(), hello.pool(), hello.incarnation(), hello.token(), hello.version(), false));
    }

    private static List<AgentCommand> commands(byte[] frame) {
        return AgentWire.decodeCommands(frame, newer -> {
            throw newer;
        });
    }

    @Test
    void theNextVersionReadsWhatThisOneWritesWithItsDefaults() {
        byte[] frame = AgentWire.encode(STATUS_NOW);
        Input in = new Input(frame, 2, frame.length - 2);
        assertThat(new NodeId(text(in))).isEqualTo(STATUS_NOW.node());
        assertThat(text(in)).isEqualTo(STATUS_NOW.incarnation());
        assertThat(in.readVarLong(true)).isEqualTo(STATUS_NOW.sequence());
        EvictionNotice notice = optional(in, WireRecords::notice);
        Instant rebalanceSince = optional(in, WireFields::instant);
        assertThat(notice).isEqualTo(STATUS_NOW.notice());
        assertThat(rebalanceSince).isEqualTo(STATUS_NOW.rebalanceSince());
        List<String> shards = list(
                in,
                from -> delimited(from, () -> {
                    Lease lease = WireRecords.lease(from);
                    from.setPosition(from.limit());
                    return lease + addedText(from);
                }));
        assertThat(shards).containsExactly(STATUS_NOW.shards().getFirst().lease() + "default");
        assertThat(addedText(in)).isEqualTo("default");
    }

    /** How a field that was added is read: it may not be there. */
    private static String addedText(Input in) {
        return in.position() < in.limit() ? text(in) : "default";
    }

    /** A status with a field more, of shards with a field more, in this phase. */
    private static byte[] next(AgentReport.Status status, String phase) {
        return frame(STATUS, out -> {
            text(out, status.node().value());
            text(out, status.incarnation());
            out.writeVarLong(status.sequence(), true);
            optional(out, status.notice(), WireRecords::notice);
            optional(out, status.rebalanceSince(), WireFields::instant);
            list(
                    out,
                    status.shards(),
                    (to, shard) -> delimited(to, () -> {
                        WireRecords.lease(to, shard.lease());
                        text(to, phase);
                        to.writeVarInt(shard.step(), true);
                        optional(to, shard.checkpoint(), WireRecords::checkpoint);
                        optional(to, shard.target(), WireRecords::target);
                        optional(to, shard.reason(), WireFields::text);
                        optional(to, shard.badCheckpoint(), WireRecords::checkpoint);
                        to.writeDouble(shard.saveMillis());
                        to.writeDouble(shard.stepMillis());
                        text(to, "new in the next version");
                    }));
            text(out, "new at the end");
        });
    }

    private static byte[] frame(int kind, Consumer<Output> fields) {
        try (Output out = new Output(64, AgentWire.MAX_FRAME_BYTES)) {
            out.writeByte(AgentWire.VERSION);
            out.writeVarInt(kind + 2, true);
            fields.accept(out);
            return out.toBytes();
        }
    }

    private static byte[] longer(byte[] frame) {
        try (Output out = new Output(64, AgentWire.MAX_FRAME_BYTES)) {
            out.writeBytes(frame);
            instant(out, Instant.EPOCH);
            return out.toBytes();
        }
    }
}
