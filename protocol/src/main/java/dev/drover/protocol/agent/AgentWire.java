package dev.drover.protocol.agent;

import static dev.drover.protocol.agent.WireFields.duration;
import static dev.drover.protocol.agent.WireFields.flag;
import static dev.drover.protocol.agent.WireFields.instant;
import static dev.drover.protocol.agent.WireFields.list;
import static dev.drover.protocol.agent.WireFields.optional;
import static dev.drover.protocol.agent.WireFields.text;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.Pool;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The frames between agents and schedulers: a version byte, then one Kryo object of a registered class.
 *
 * <p>Either side may be newer. A message, and each record in one, may have more fields at its end than its reader knows, which are
 * passed over; a message of an unknown class, or that hangs on an unknown value, is a {@link NewerFrameException}, which its reader
 * passes over. All else that is not a message of this version is a {@link WireException}: another version, too few bytes, a length
 * beyond the frame. Fields are written one by one, so a changed record does not change the frame silently. Any other change than
 * those is a new {@link #VERSION}. Safe to use from any thread.
 */
public final class AgentWire {
    /** The version this code writes, and the only one it reads. */
    public static final byte VERSION = 2;

    /** How it is called when a connection is made: a WebSocket subprotocol. Both sides take the newest that both know. */
    public static final String SUBPROTOCOL = "drover-agent-v" + VERSION;

    /** No frame is longer. */
    public static final int MAX_FRAME_BYTES = 1 << 20;

    private static final int INITIAL_BYTES = 512;

    /** What a frame of several commands may have at its beginning, and each of them before it. */
    private static final int OVERHEAD = 16;

    /** Kryo writes registration numbers raised by this: 0 and 1 have meanings of their own. */
    private static final int KRYO_OFFSET = 2;

    private static final Pool<Kryo> KRYOS = new Pool<>(true, false, 16) {
        @Override
        protected Kryo create() {
            return register();
        }
    };

    private AgentWire() {}

    /** Several commands in one frame, each as the frame it would be alone: so each can be passed over alone. */
    private record Several(List<byte[]> frames) {}

    /**
     * The frame of a report.
     *
     * @throws WireException when the report does not fit into a frame
     */
    public static byte[] encode(AgentReport report) {
        return encodeAny(report);
    }

    /**
     * The frame of a command.
     *
     * @throws WireException when the command does not fit into a frame
     */
    public static byte[] encode(AgentCommand command) {
        return encodeAny(command);
    }

    /**
     * The frames of several commands, in their order, as few as hold them: most of what a frame costs it costs whatever is in it. Only
     * for agents that have said that they read such frames.
     *
     * @throws WireException when one of the commands alone does not fit into a frame
     */
    public static List<byte[]> encode(List<AgentCommand> commands) {
        List<byte[]> frames = new ArrayList<>();
        List<byte[]> together = new ArrayList<>();
        int bytes = OVERHEAD;
        for (AgentCommand command : commands) {
            byte[] one = encode(command);
            if (bytes + one.length + OVERHEAD > MAX_FRAME_BYTES || together.size() == WireFields.MAX_ITEMS) {
                close(together, frames);
                bytes = OVERHEAD;
            }
            together.add(one);
            bytes += one.length + OVERHEAD;
        }
        close(together, frames);
        return List.copyOf(frames);
    }

    private static void close(List<byte[]> together, List<byte[]> frames) {
        if (together.size() > 1) {
            frames.add(encodeAny(new Several(List.copyOf(together))));
        } else {
            frames.addAll(together);
        }
        together.clear();
    }

    /**
     * Reads a report.
     *
     * @throws WireException when the bytes are not one
     */
    public static AgentReport decodeReport(byte[] frame) {
        return decode(frame, AgentReport.class, AgentReport.class.getSimpleName());
    }

    /**
     * Reads a command, or several in their order.
     *
     * @param newer is told of those that only a newer version understands; they are passed over
     * @throws WireException when the bytes are none
     */
    public static List<AgentCommand> decodeCommands(byte[] frame, Consumer<NewerFrameException> newer) {
        Object message;
        try {
            message = decode(frame, Object.class, AgentCommand.class.getSimpleName());
        } catch (NewerFrameException e) {
            newer.accept(e);
            return List.of();
        }
        return switch (message) {
            case AgentCommand command -> List.of(command);
            case Several several -> decodeEach(several, newer);
            default ->
                throw new WireException(
                        "a frame that holds a " + message.getClass().getSimpleName() + ", not commands");
        };
    }

    private static List<AgentCommand> decodeEach(Several several, Consumer<NewerFrameException> newer) {
        List<AgentCommand> commands = new ArrayList<>();
        for (byte[] one : several.frames()) {
            try {
                commands.add(decode(one, AgentCommand.class, AgentCommand.class.getSimpleName()));
            } catch (NewerFrameException e) {
                newer.accept(e);
            }
        }
        return commands;
    }

    private static byte[] encodeAny(Object message) {
        Kryo kryo = KRYOS.obtain();
        try (Output out = new Output(INITIAL_BYTES, MAX_FRAME_BYTES)) {
            out.writeByte(VERSION);
            kryo.writeClassAndObject(out, message);
            return out.toBytes();
        } catch (WireException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new WireException(
                    "can't write a " + message.getClass().getSimpleName() + " into a frame of at most "
                            + MAX_FRAME_BYTES + " bytes",
                    e);
        } finally {
            KRYOS.free(kryo);
        }
    }

    private static <T> T decode(byte[] frame, Class<T> kind, String name) {
        if (frame.length == 0 || frame.length > MAX_FRAME_BYTES) {
            throw new WireException("a frame of " + frame.length + " bytes; 1 to " + MAX_FRAME_BYTES + " are allowed");
        }
        if (frame[0] != VERSION) {
            throw new WireException("a frame of version " + frame[0] + "; this side reads version " + VERSION
                    + ": bring the older side up to date");
        }
        Kryo kryo = KRYOS.obtain();
        try (Input in = new Input(frame, 1, frame.length - 1)) {
            Class<?> type = type(kryo, in);
            if (!kind.isAssignableFrom(type)) {
                throw new WireException("a frame that holds a " + type.getSimpleName() + ", not an " + name);
            }
            return kind.cast(kryo.readObject(in, type));
        } catch (WireException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new WireException(
                    "a frame of " + frame.length + " bytes is not a readable " + name + ": " + e.getMessage(), e);
        } finally {
            KRYOS.free(kryo);
        }
    }

    /** Kryo itself would say of a class that it does not know only that something is wrong. */
    private static Class<?> type(Kryo kryo, Input in) {
        int number = in.readVarInt(true) - KRYO_OFFSET;
        Registration registration = kryo.getRegistration(number);
        if (registration == null) {
            throw new NewerFrameException("a message of the unknown kind " + number);
        }
        return registration.getType();
    }

    private static Kryo register() {
        Kryo kryo = new Kryo();
        kryo.setRegistrationRequired(true);
        kryo.setReferences(false);
        registerReports(kryo);
        registerCommands(kryo);
        return kryo;
    }

    private static void registerReports(Kryo kryo) {
        register(
                kryo,
                20,
                AgentReport.Hello.class,
                (out, hello) -> {
                    text(out, hello.node().value());
                    text(out, hello.pool().value());
                    text(out, hello.incarnation());
                    text(out, hello.token());
                    text(out, hello.version());
                    out.writeBoolean(hello.readsSeveral());
                },
                in -> new AgentReport.Hello(
                        new NodeId(text(in)),
                        new PoolName(text(in)),
                        text(in),
                        text(in),
                        text(in),
                        in.position() < in.limit() && flag(in)));
        register(kryo, 21, AgentReport.Status.class, WireRecords::status, WireRecords::status);
        register(
                kryo,
                22,
                AgentReport.Telemetry.class,
                (out, telemetry) -> {
                    WireRecords.lease(out, telemetry.lease());
                    list(out, telemetry.steps(), WireRecords::step);
                },
                in -> new AgentReport.Telemetry(WireRecords.lease(in), list(in, WireRecords::step)));
    }

    private static void registerCommands(Kryo kryo) {
        register(
                kryo,
                40,
                AgentCommand.Welcome.class,
                (out, welcome) -> {
                    WireRecords.leaseSpec(out, welcome.lease());
                    out.writeBoolean(welcome.preferWarm());
                    instant(out, welcome.runUntil());
                },
                in -> new AgentCommand.Welcome(WireRecords.leaseSpec(in), flag(in), instant(in)));
        register(
                kryo,
                41,
                AgentCommand.Refuse.class,
                (out, refuse) -> text(out, refuse.reason()),
                in -> new AgentCommand.Refuse(text(in)));
        register(
                kryo,
                42,
                AgentCommand.Prepare.class,
                (out, prepare) -> {
                    WireRecords.lease(out, prepare.lease());
                    WireRecords.task(out, prepare.task());
                },
                in -> new AgentCommand.Prepare(WireRecords.lease(in), WireRecords.task(in)));
        register(
                kryo,
                43,
                AgentCommand.Run.class,
                (out, run) -> {
                    WireRecords.lease(out, run.lease());
                    WireRecords.task(out, run.task());
                    optional(out, run.resumeFrom(), WireRecords::checkpoint);
                },
                in -> new AgentCommand.Run(
                        WireRecords.lease(in), WireRecords.task(in), optional(in, WireRecords::checkpoint)));
        registerEndings(kryo);
    }

    private static void registerEndings(Kryo kryo) {
        register(
                kryo,
                44,
                AgentCommand.HandOff.class,
                (out, handOff) -> {
                    WireRecords.lease(out, handOff.lease());
                    optional(out, handOff.target(), WireRecords::target);
                    instant(out, handOff.deadline());
                },
                in -> new AgentCommand.HandOff(WireRecords.lease(in), optional(in, WireRecords::target), instant(in)));
        register(
                kryo,
                45,
                AgentCommand.Release.class,
                (out, release) -> {
                    WireRecords.lease(out, release.lease());
                    text(out, release.reason());
                },
                in -> new AgentCommand.Release(WireRecords.lease(in), text(in)));
        register(
                kryo,
                46,
                AgentCommand.Drill.class,
                (out, drill) -> duration(out, drill.notice()),
                in -> new AgentCommand.Drill(duration(in)));
        register(kryo, 47, AgentCommand.Heard.class, (out, heard) -> {}, in -> new AgentCommand.Heard());
        register(
                kryo,
                48,
                Several.class,
                (out, several) -> list(out, several.frames(), WireFields::bytes),
                in -> new Several(list(in, WireFields::bytes)));
    }

    private static <T> void register(
            Kryo kryo, int id, Class<T> type, BiConsumer<Output, T> write, Function<Input, T> read) {
        kryo.register(
                type,
                new Serializer<T>(false, true) {
                    @Override
                    public void write(Kryo ignored, Output out, T message) {
                        write.accept(out, message);
                    }

                    @Override
                    public T read(Kryo ignored, Input in, Class<? extends T> target) {
                        return read.apply(in);
                    }
                },
                id);
    }
}
