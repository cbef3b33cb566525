package dev.drover.agent.eviction;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the metadata server, in both clouds' ways, whether the node will be taken, and whether that is likelier than for others.
 *
 * <p>Tells of a notice on every look that finds one, and of the rebalance signal on every look that shows whether there is one, so
 * the listeners decide what is new. A server that fails is neither: it is logged and asked again.
 */
public final class EvictionWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvictionWatch.class);
    private static final String AWS_PATH = "/latest/meta-data/spot/instance-action";
    private static final String AWS_REBALANCE_PATH = "/latest/meta-data/events/recommendations/rebalance";
    private static final String ALIBABA_PATH = "/latest/meta-data/instance/spot/termination-time";

    private final MetadataClient aws;
    private final MetadataClient alibaba;
    private final Duration poll;
    private final Consumer<EvictionNotice> notices;
    private final Consumer<Optional<Instant>> signals;
    private final Thread thread;

    private EvictionWatch(
            HttpClient http,
            URI metadata,
            Duration poll,
            Consumer<EvictionNotice> notices,
            Consumer<Optional<Instant>> signals) {
        this.aws = new MetadataClient(http, metadata, MetadataClient.Dialect.AWS);
        this.alibaba = new MetadataClient(http, metadata, MetadataClient.Dialect.ALIBABA);
        this.poll = poll;
        this.notices = notices;
        this.signals = signals;
        this.thread = Thread.ofVirtual().name("eviction-watch").unstarted(this::watch);
    }

    /**
     * Starts to look every {@code poll}.
     *
     * @param signals told since when the node has a rebalance signal, or that it has none
     */
    public static EvictionWatch start(
            HttpClient http,
            URI metadata,
            Duration poll,
            Consumer<EvictionNotice> notices,
            Consumer<Optional<Instant>> signals) {
        EvictionWatch watch = new EvictionWatch(http, metadata, poll, notices, signals);
        watch.thread.start();
        return watch;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void watch() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                look(
                        aws,
                        AWS_PATH,
                        text -> text.flatMap(EvictionWatch::awsNotice).ifPresent(notices));
                look(aws, AWS_REBALANCE_PATH, this::signalled);
                look(
                        alibaba,
                        ALIBABA_PATH,
                        text -> text.flatMap(EvictionWatch::alibabaNotice).ifPresent(notices));
                Thread.sleep(poll);
            }
        } catch (InterruptedException e) {
            LOG.debug("the eviction watch ends");
        }
    }

    private void look(MetadataClient metadata, String path, Consumer<Optional<String>> reader)
            throws InterruptedException {
        try {
            reader.accept(metadata.get(path));
        } catch (IOException e) {
            LOG.debug("{} tells nothing: {}", path, e.toString());
        } catch (RuntimeException e) {
            LOG.warn("{} can't be read, and is asked again", path, e);
        }
    }

    /** What can't be read says neither that there is a signal nor that there is none. */
    private void signalled(Optional<String> text) {
        Optional<Instant> since = text.flatMap(EvictionWatch::awsSignal);
        if (since.isPresent() || text.isEmpty()) {
            signals.accept(since);
        }
    }

    /** {@code {"noticeTime": "2026-01-01T00:00:00Z"}}. */
    static Optional<Instant> awsSignal(String text) {
        try {
            return Optional.of(Instant.parse(
                    DroverJson.mapper().readTree(text).path("noticeTime").asText()));
        } catch (JsonProcessingException | DateTimeException e) {
            LOG.warn("{} says '{}', which is no signal", AWS_REBALANCE_PATH, text);
            return Optional.empty();
        }
    }

    /** {@code {"action": "terminate", "time": "2026-01-01T00:00:00Z"}}; stop and hibernate take the node as well. */
    static Optional<EvictionNotice> awsNotice(String text) {
        try {
            String time = DroverJson.mapper().readTree(text).path("time").asText();
            return Optional.of(new EvictionNotice(EvictionNotice.Source.AWS_METADATA, Instant.parse(time)));
        } catch (JsonProcessingException | DateTimeException e) {
            LOG.warn("{} says '{}', which is no notice", AWS_PATH, text);
            return Optional.empty();
        }
    }

    /** A plain UTC time. */
    static Optional<EvictionNotice> alibabaNotice(String text) {
        try {
            return Optional.of(new EvictionNotice(EvictionNotice.Source.ALIBABA_METADATA, Instant.parse(text.strip())));
        } catch (DateTimeException e) {
            LOG.warn("{} says '{}', which is no time", ALIBABA_PATH, text);
            return Optional.empty();
        }
    }
}
