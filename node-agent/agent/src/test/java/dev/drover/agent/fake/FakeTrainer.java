package dev.drover.agent.fake;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.shard.ToShard;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A training program that trains nothing: its state after step n is a number that only the sequence of all n steps gives.
 *
 * <p>Its spec: {@code steps}, {@code stepMillis}, {@code crashAt} (it kills itself there), {@code padding} (bytes of state),
 * {@code deaf} (it does not know {@code prepare}), {@code quirk}: what it does wrong at its end, a {@link Quirk}.
 */
public final class FakeTrainer {
    private static final String STATE = "state.safetensors";

    /** Ways to end badly. */
    public enum Quirk {
        NONE,
        /** Says {@code done} without a save of the last step. */
        UNSAVED,
        /** Its last save holds a directory. */
        NESTED,
        /** Its last save is not there. */
        ABSENT,
        /** Says twice that it saved the last step. */
        TWICE,
        /** Says {@code stopped} though nobody asked. */
        UNASKED,
        /** Says {@code done} at once where it was started from its last step. */
        NOTHING_LEFT,
        /** Says a step that is none. */
        EMPTY_STEP,
        /** Says that it failed, at great length. */
        WORDY
    }

    private final SocketChannel channel;
    private final LinkedBlockingQueue<ToShard> orders = new LinkedBlockingQueue<>();

    private FakeTrainer(SocketChannel channel) {
        this.channel = channel;
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("fake trainer starts");
        Path socket = Path.of(System.getenv(ShardWire.SOCKET_VARIABLE));
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        FakeTrainer trainer = new FakeTrainer(channel);
        Thread reader = new Thread(trainer::listen, "orders");
        reader.setDaemon(true);
        reader.start();
        trainer.say(new FromShard.Ready("fake", "1"));
        trainer.work();
    }

    /** The state after {@code step} steps of shard {@code shard}. */
    public static long stateAfter(int shard, int step) {
        long state = shard;
        for (int i = 1; i <= step; i++) {
            state = next(state, i);
        }
        return state;
    }

    private static long next(long state, int step) {
        return state * 31 + step;
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                orders.add(ShardWire.parse(line, ToShard.class));
            }
        } catch (IOException e) {
            System.out.println("socket: " + e);
        }
        Runtime.getRuntime().halt(0);
    }

    private void work() throws Exception {
        while (true) {
            switch (orders.take()) {
                case ToShard.Prepare prepare -> {
                    if (!prepare.assignment().spec().path("deaf").asBoolean(false)) {
                        say(new FromShard.Prepared());
                    }
                }
                case ToShard.Start start -> {
                    train(start.assignment(), start.resumeFrom());
                    return;
                }
                case ToShard.Save ignored -> {}
                case ToShard.Stop ignored -> {}
            }
        }
    }

    private void train(Assignment assignment, @Nullable String resumeFrom) throws Exception {
        JsonNode spec = assignment.spec();
        int steps = spec.path("steps").asInt();
        int step = 0;
        long state = assignment.shard();
        if (resumeFrom != null) {
            String[] saved = Files.readString(Path.of(resumeFrom, STATE)).split(" ", 3);
            step = Integer.parseInt(saved[0]);
            state = Long.parseLong(saved[1]);
            System.out.println("resumed at step " + step);
        }
        int lastSaved = step;
        while (step < steps) {
            ToShard order = orders.poll(spec.path("stepMillis").asInt(5), TimeUnit.MILLISECONDS);
            if (order instanceof ToShard.Stop) {
                save(assignment, step, state, spec);
                say(new FromShard.Stopped(step));
                return;
            }
            step++;
            if (step == spec.path("crashAt").asInt(-1)) {
                System.out.println("about to crash");
                new ProcessBuilder(
                                "kill",
                                "-9",
                                Long.toString(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
            }
            state = next(state, step);
            say(new FromShard.Step(
                    new StepRecord(step, state, 0.1, 1, step, 100, 0, null, System.currentTimeMillis())));
            if (step % assignment.checkpointEvery() == 0 || order instanceof ToShard.Save) {
                save(assignment, step, state, spec);
                lastSaved = step;
            }
        }
        end(Quirk.valueOf(spec.path("quirk").asText("NONE")), lastSaved < step, assignment, step, state);
    }

    private void end(Quirk quirk, boolean unsaved, Assignment assignment, int step, long state) throws IOException {
        Path directory = Path.of(assignment.workDir(), "save-" + step);
        switch (quirk) {
            case NONE, TWICE -> {
                if (unsaved) {
                    save(assignment, step, state, assignment.spec());
                }
            }
            case NESTED -> {
                Files.createDirectories(directory.resolve("nested"));
                save(assignment, step, state, assignment.spec());
            }
            case ABSENT -> say(new FromShard.Saved(step, directory.toString(), 0, 0));
            case UNASKED -> say(new FromShard.Stopped(step));
            case EMPTY_STEP -> write("{\"type\":\"step\"}\n");
            case WORDY -> say(new FromShard.Failed("so it is ".repeat(90_000), ""));
            case UNSAVED, NOTHING_LEFT -> {}
        }
        if (quirk == Quirk.TWICE) {
            say(new FromShard.Saved(step, directory + "-again", 0, 0));
        }
        say(new FromShard.Done(step));
    }

    private void save(Assignment assignment, int step, long state, JsonNode spec) throws IOException {
        Path directory = Files.createDirectories(Path.of(assignment.workDir(), "save-" + step));
        Files.writeString(
                directory.resolve(STATE),
                step + " " + state + " " + "x".repeat(spec.path("padding").asInt(10)));
        Files.writeString(directory.resolve("state.json"), "{\"step\":" + step + "}");
        say(new FromShard.Saved(step, directory.toString(), 0.1, 0.2));
    }

    private void say(FromShard message) throws IOException {
        write(ShardWire.line(message));
    }

    private void write(String text) throws IOException {
        ByteBuffer line = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }
}
