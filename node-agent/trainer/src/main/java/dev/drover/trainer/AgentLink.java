package dev.drover.trainer;

import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.ToShard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket to the agent, with a thread for each direction, so that neither a slow agent nor a silent one holds training back.
 *
 * <p>Messages arrive in the order they were sent, from whichever thread. What was sent last is only sure to have left after
 * {@link #flush}.
 */
final class AgentLink {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLink.class);
    private static final int READ_BYTES = 1 << 16;

    private final SocketChannel channel;
    private final BlockingQueue<ShardEvent> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Outgoing> outbox = new LinkedBlockingQueue<>();

    /** A line to write, or a mark that tells when everything before it was written. */
    private sealed interface Outgoing {
        record Line(String text) implements Outgoing {}

        record Mark(BlockingQueue<Boolean> reached) implements Outgoing {}
    }

    private AgentLink(SocketChannel channel) {
        this.channel = channel;
    }

    static AgentLink connect(Path socket) throws IOException {
        var link = new AgentLink(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        Thread.ofPlatform().daemon().name("agent-reader").start(link::read);
        Thread.ofPlatform().daemon().name("agent-writer").start(link::write);
        return link;
    }

    void send(FromShard message) {
        outbox.add(new Outgoing.Line(ShardWire.line(message)));
    }

    /** Puts an event behind those that have arrived. */
    void post(ShardEvent event) {
        events.add(event);
    }

    /** The next event, waiting for it. */
    ShardEvent take() throws InterruptedException {
        return events.take();
    }

    /** The next event, if one comes within {@code patience}; zero or less does not wait. */
    Optional<ShardEvent> poll(Duration patience) throws InterruptedException {
        // Milliseconds saturate: a deadline may lie at the end of time.
        return Optional.ofNullable(events.poll(TimeUnit.MILLISECONDS.convert(patience), TimeUnit.MILLISECONDS));
    }

    /** Waits until everything sent so far was written, or for {@code patience}. */
    void flush(Duration patience) throws InterruptedException {
        var mark = new Outgoing.Mark(new LinkedBlockingQueue<>());
        outbox.add(mark);
        if (mark.reached().poll(patience.toNanos(), TimeUnit.NANOSECONDS) == null) {
            LOG.warn("the agent did not take the last messages within {}", patience);
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        var line = new ByteArrayOutputStream();
        try {
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    byte next = buffer.get();
                    if (next == '\n') {
                        receive(line.toString(StandardCharsets.UTF_8));
                        line.reset();
                    } else if (line.size() >= ShardWire.MAX_LINE_BYTES) {
                        throw new IOException("a line is longer than " + ShardWire.MAX_LINE_BYTES + " bytes");
                    } else {
                        line.write(next);
                    }
                }
            }
            LOG.info("the agent closed the socket");
        } catch (IOException e) {
            LOG.warn("the socket to the agent broke: {}", e.getMessage());
        } finally {
            events.add(new ShardEvent.AgentGone());
        }
    }

    private void receive(String line) {
        try {
            events.add(new ShardEvent.Command(ShardWire.parse(line, ToShard.class)));
        } catch (IllegalArgumentException e) {
            // A newer agent may say what we don't know; nothing we must obey is new to us.
            LOG.warn("ignored: {}", e.getMessage());
        }
    }

    private void write() {
        try {
            while (true) {
                switch (outbox.take()) {
                    case Outgoing.Line(String text) -> {
                        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                        while (bytes.hasRemaining()) {
                            channel.write(bytes);
                        }
                    }
                    case Outgoing.Mark(BlockingQueue<Boolean> reached) -> reached.add(true);
                }
            }
        } catch (IOException e) {
            LOG.warn("can't write to the agent: {}", e.getMessage());
            events.add(new ShardEvent.AgentGone());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
