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
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The frames between agents and schedulers: a version byte, then one Kryo object of a registered class.
 *
 * <p>Any bytes decode to a message that was encoded by this version, or to a {@link WireException}: an unknown version, an
 * unknown class, a length beyond the frame and bytes left over are all refused. Fields are written one by one, so a changed
 * record does not change the frame silently; changing a frame means a new {@link #VERSION}. Safe to use from any thread.
 */
public final class AgentWire {
    /** The version this code writes, and the only one it reads. */
    public static final byte VERSION = 1;

    /** No frame is longer. */
    public static final int MAX_FRAME_BYTES = 1 << 20;

    private static final int INITIAL_BYTES = 512;

    private static final Pool<Kryo> KRYOS = new Pool<>(true, false, 16) {
        @Override
        protected Kryo create() {
            return register();
        }
    };

    private AgentWire() {}

    /** A status with a rebalance signal is a frame of its own kind, so that one without stays what agents before it write and read. */
    private record Signalled(AgentReport.Status status, Instant since) {
        AgentReport.Status whole() {
            return new AgentReport.Status(
                    status.node(), status.incarnation(), status.sequence(), status.notice(), since, status.shards());
        }
    }

    private static Object framed(Object message) {
        if (message instanceof AgentReport.Status status) {
            Instant since = status.rebalanceSince();
            return since == null ? status : new Signalled(status, since);
        }
        return message;
    }

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
     * Reads a report.
     *
     * @throws WireException when the bytes are not one
     */
    public static AgentReport decodeReport(byte[] frame) {
        return decode(frame, AgentReport.class);
    }

    /**
     * Reads a command.
     *
     * @throws WireException when the bytes are not one
     */
    public static AgentCommand decodeCommand(byte[] frame) {
        return decode(frame, AgentCommand.class);
    }

    private static byte[] encodeAny(Object message) {
        Kryo kryo = KRYOS.obtain();
        try (Output out = new Output(INITIAL_BYTES, MAX_FRAME_BYTES)) {
            out.writeByte(VERSION);
            kryo.writeClassAndObject(out, framed(message));
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

    private static <T> T decode(byte[] frame, Class<T> kind) {
        if (frame.length == 0 || frame.length > MAX_FRAME_BYTES) {
            throw new WireException("a frame of " + frame.length + " bytes; 1 to " + MAX_FRAME_BYTES + " are allowed");
        }
        if (frame[0] != VERSION) {
            throw new WireException("a frame of version " + frame[0] + "; this side reads version " + VERSION
                    + ": bring the older side up to date");
        }
        Kryo kryo = KRYOS.obtain();
        try (Input in = new Input(frame, 1, frame.length - 1)) {
            Registration registration = kryo.readClass(in);
            Class<?> type = registration == null ? Void.class : registration.getType();
            if (!kind.isAssignableFrom(type == Signalled.class ? AgentReport.Status.class : type)) {
                throw new WireException(
                        "a frame that holds a " + type.getSimpleName() + ", not an " + kind.getSimpleName());
            }
            Object read = kryo.readObject(in, type);
            T message = kind.cast(read instanceof Signalled signalled ? signalled.whole() : read);
            int left = in.limit() - in.position();
            if (left != 0) {
                throw new WireException("a frame with " + left + " bytes left over after a " + type.getSimpleName());
            }
            return message;
        } catch (WireException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new WireException(
                    "a frame of " + frame.length + " bytes is not a readable " + kind.getSimpleName() + ": "
                            + e.getMessage(),
                    e);
        } finally {
            KRYOS.free(kryo);
        }
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
                },
                in -> new AgentReport.Hello(
                        new NodeId(text(in)), new PoolName(text(in)), text(in), text(in), text(in)));
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
        register(
                kryo,
                23,
                Signalled.class,
                (out, signalled) -> {
                    WireRecords.status(out, signalled.status());
                    instant(out, signalled.since());
                },
                in -> new Signalled(WireRecords.status(in), instant(in)));
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
