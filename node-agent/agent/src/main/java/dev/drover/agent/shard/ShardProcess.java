package dev.drover.agent.shard;

import dev.drover.agent.checkpoint.LocalFiles;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.ToShard;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training process and the socket to it.
 *
 * <p>Events are kept until someone listens, so a process can be started before it has a shard. The process is to end when its
 * socket closes, so it does not outlive its agent; {@link #kill} does not wait for that. Safe to use from any thread.
 */
public final class ShardProcess implements RunningProgram {
    private static final Logger LOG = LoggerFactory.getLogger(ShardProcess.class);

    /** EAGAIN, ENOMEM, ENFILE, EMFILE: no more processes, memory, files. JDK 17 writes {@code error=11}, JDK 25 {@code error: 11}. */
    private static final Pattern NODE_IS_SHORT = Pattern.compile("error[=:] ?(11|12|23|24)\\b");

    private static final int MAX_SOCKET_PATH = 100;
    private static final int LONGEST_LINE_SHOWN = 200;
    private static final Duration DRAIN_WITHIN = Duration.ofSeconds(2);
    private static final Duration END_AFTER_CLOSE = Duration.ofSeconds(5);

    private final Process process;
    private final Path log;
    private final Path socketDirectory;
    private final ServerSocketChannel server;
    private final CompletableFuture<SocketChannel> connection = new CompletableFuture<>();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("shard-writer").factory());
    private final List<ProcessEvent> unheard = new ArrayList<>();
    private Optional<Consumer<ProcessEvent>> listener = Optional.empty();
    private boolean puzzled;
    private Optional<String> violation = Optional.empty();
    private boolean ready;

    private ShardProcess(Process process, Path log, Path socketDirectory, ServerSocketChannel server) {
        this.process = process;
        this.log = log;
        this.socketDirectory = socketDirectory;
        this.server = server;
    }

    /**
     * Starts {@code program}; what it prints is appended to {@code log}.
     *
     * @throws IOException when there is no such program, or no place for the socket
     */
    public static ShardProcess start(Program program, Path log) throws IOException {
        Path directory = Files.createTempDirectory(
                "drover-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path socket = directory.resolve("s");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            if (socket.toString().length() > MAX_SOCKET_PATH) {
                throw new IOException("the socket's path " + socket + " is longer than " + MAX_SOCKET_PATH
                        + " characters; set java.io.tmpdir to a shorter directory");
            }
            server.bind(UnixDomainSocketAddress.of(socket));
            Process process = launch(program, log, socket);
            ShardProcess started = new ShardProcess(process, log, directory, server);
            started.follow();
            return started;
        } catch (IOException e) {
            server.close();
            LocalFiles.deleteTree(directory);
            throw e;
        }
    }

    private static Process launch(Program program, Path log, Path socket) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.command())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(program.variables());
        builder.environment().put(ShardWire.SOCKET_VARIABLE, socket.toString());
        try {
            return builder.start();
        } catch (IOException e) {
            throw isNodeShort(e) ? e : new NoSuchProgramException(e);
        }
    }

    /** Whether a program could not be started for want of something that the node may have again later. */
    static boolean isNodeShort(IOException failure) {
        return NODE_IS_SHORT.matcher(String.valueOf(failure.getMessage())).find();
    }

    private void follow() {
        Thread reader = Thread.ofVirtual().name("shard-reader").start(this::read);
        Thread.ofVirtual().name("shard-exit").start(() -> awaitExit(reader));
    }

    @Override
    public synchronized void listen(Consumer<ProcessEvent> next) {
        listener = Optional.of(next);
        unheard.forEach(next);
        unheard.clear();
    }

    @Override
    public void send(ToShard message) {
        ByteBuffer line = ByteBuffer.wrap(ShardWire.line(message).getBytes(StandardCharsets.UTF_8));
        try {
            writer.execute(() -> write(line));
        } catch (RejectedExecutionException e) {
            LOG.debug("process {} is gone and takes no messages", process.pid());
        }
    }

    private void write(ByteBuffer line) {
        try {
            SocketChannel channel = connection.join();
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException | CompletionException | CancellationException e) {
            LOG.debug("process {} takes no messages: {}", process.pid(), e.toString());
        }
    }

    @Override
    public synchronized boolean isReady() {
        return ready && process.isAlive();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public Path log() {
        return log;
    }

    @Override
    public void kill() {
        // Nothing descends from a process that is gone, and to look is a walk through all there are.
        if (process.isAlive()) {
            List<ProcessHandle> started = process.descendants().toList();
            process.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
        }
        closeSocket();
    }

    private void read() {
        try (SocketChannel channel = server.accept()) {
            connection.complete(channel);
            LocalFiles.deleteTree(socketDirectory);
            LineReader lines = new LineReader(channel);
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                String said = line.get();
                ShardWire.parseKnown(said, FromShard.class).ifPresentOrElse(this::hear, () -> passOver(said));
            }
        } catch (ClosedChannelException e) {
            LOG.trace("the socket of process {} was closed here", process.pid());
        } catch (IOException e) {
            LOG.debug("the socket of process {} broke: {}", process.pid(), e.toString());
        } catch (IllegalArgumentException e) {
            violated(e.getMessage());
        }
        endAfterClose();
    }

    private void hear(FromShard message) {
        synchronized (this) {
            ready |= message instanceof FromShard.Ready;
        }
        tell(new ProcessEvent.Said(message));
    }

    /** A program may speak a newer protocol. Once is enough: it may say so with every step. */
    private void passOver(String line) {
        if (!puzzled) {
            puzzled = true;
            LOG.warn(
                    "process {} says what this agent does not know, and is passed over: {}",
                    process.pid(),
                    line.substring(0, Math.min(line.length(), LONGEST_LINE_SHOWN)));
        }
    }

    private synchronized void violated(@Nullable String how) {
        violation = Optional.of("broke the shard protocol: " + how);
    }

    /** A program whose socket is closed has nothing more to do. */
    private void endAfterClose() {
        try {
            if (violation().isPresent() || !process.waitFor(END_AFTER_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
        }
    }

    private void awaitExit(Thread reader) {
        try {
            int code = process.waitFor();
            if (!connection.isDone()) {
                closeSocket();
            }
            reader.join(DRAIN_WITHIN);
            String evidence = ExitEvidence.of(code);
            tell(new ProcessEvent.Ended(
                    violation().map(what -> what + "; " + evidence).orElse(evidence)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeSocket();
            writer.shutdown();
        }
    }

    private synchronized Optional<String> violation() {
        return violation;
    }

    private synchronized void tell(ProcessEvent event) {
        listener.ifPresentOrElse(hearer -> hearer.accept(event), () -> unheard.add(event));
    }

    private void closeSocket() {
        try {
            server.close();
            if (!connection.cancel(false) && !connection.isCompletedExceptionally()) {
                connection.join().close();
            }
        } catch (IOException e) {
            LOG.debug("closing the socket of process {}: {}", process.pid(), e.toString());
        }
        LocalFiles.deleteTree(socketDirectory);
    }
}
