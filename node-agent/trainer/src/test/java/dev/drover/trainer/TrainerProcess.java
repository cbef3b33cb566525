package dev.drover.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.ToShard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A real training process and the agent's end of its socket. Closing it ends the process. */
final class TrainerProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final String CLOSED = "";

    private final Process process;
    private final Path directory;
    private final Path log;
    private final SocketChannel channel;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<FromShard> heard = new ArrayList<>();

    private TrainerProcess(Process process, Path directory, Path log, SocketChannel channel) {
        this.process = process;
        this.directory = directory;
        this.log = log;
        this.channel = channel;
    }

    /** Starts a process and waits until it is ready. */
    static TrainerProcess start(String... environment) throws IOException, InterruptedException {
        // Unix socket paths are short, so not in a test's own directory.
        Path directory = Files.createTempDirectory("drt");
        Path socket = directory.resolve("s");
        Path log = directory.resolve("log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(TrainerMain.JVM_FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TrainerMain.class.getName()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put(ShardWire.SOCKET_VARIABLE, socket.toString());
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment().put(environment[i], environment[i + 1]);
        }
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Process process = builder.start();
            var started = new TrainerProcess(process, directory, log, server.accept());
            Thread.ofVirtual().start(started::read);
            assertThat(started.next()).isInstanceOf(FromShard.Ready.class);
            return started;
        }
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
            lines.add(CLOSED);
        } catch (IOException e) {
            lines.add(CLOSED);
        }
    }

    void say(ToShard message) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(ShardWire.line(message).getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    FromShard next() throws InterruptedException {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError(
                    "the process said nothing for " + PATIENCE_SECONDS + " s; heard " + heard + "; its log: " + log());
        }
        FromShard message = ShardWire.parse(line, FromShard.class);
        heard.add(message);
        return message;
    }

    /** Waits for the next message of a type; anything else is kept in {@link #heard()}. */
    <T extends FromShard> T await(Class<T> type) throws InterruptedException {
        while (true) {
            FromShard message = next();
            if (type.isInstance(message)) {
                return type.cast(message);
            }
            if (message instanceof FromShard.Failed failed) {
                throw new AssertionError("the process failed: " + failed.reason() + "\n" + failed.detail());
            }
        }
    }

    FromShard.Step awaitStep(int step) throws InterruptedException {
        while (true) {
            FromShard.Step made = await(FromShard.Step.class);
            if (made.record().step() >= step) {
                return made;
            }
        }
    }

    List<FromShard> heard() {
        return heard;
    }

    List<FromShard.Step> steps() {
        return heard.stream()
                .filter(FromShard.Step.class::isInstance)
                .map(FromShard.Step.class::cast)
                .toList();
    }

    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("process ended")
                .isTrue();
        return process.exitValue();
    }

    void hangUp() throws IOException {
        channel.close();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly().onExit().join();
        for (String name : List.of("s", "log")) {
            Files.deleteIfExists(directory.resolve(name));
        }
        Files.delete(directory);
    }
}
