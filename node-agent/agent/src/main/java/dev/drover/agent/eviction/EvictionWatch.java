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
 * Asks the metadata server, in both clouds' ways, whether the node will be taken.
 *
 * <p>Tells the listener on every look that finds a notice, so the listener decides what is new. A server that fails is no
 * notice: it is logged and asked again.
 */
public final class EvictionWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvictionWatch.class);
    private static final String AWS_PATH = "/latest/meta-data/spot/instance-action";
    private static final String ALIBABA_PATH = "/latest/meta-data/instance/spot/termination-time";

    private final MetadataClient aws;
    private final MetadataClient alibaba;
    private final Duration poll;
    private final Consumer<EvictionNotice> listener;
    private final Thread thread;

    private EvictionWatch(HttpClient http, URI metadata, Duration poll, Consumer<EvictionNotice> listener) {
        this.aws = new MetadataClient(http, metadata, MetadataClient.Dialect.AWS);
        this.alibaba = new MetadataClient(http, metadata, MetadataClient.Dialect.ALIBABA);
        this.poll = poll;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("eviction-watch").unstarted(this::watch);
    }

    /** Starts to look every {@code poll}. */
    public static EvictionWatch start(HttpClient http, URI metadata, Duration poll, Consumer<EvictionNotice> listener) {
        EvictionWatch watch = new EvictionWatch(http, metadata, poll, listener);
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
                look(aws, AWS_PATH, EvictionWatch::awsNotice);
                look(alibaba, ALIBABA_PATH, EvictionWatch::alibabaNotice);
                Thread.sleep(poll);
            }
        } catch (InterruptedException e) {
            LOG.debug("the eviction watch ends");
        }
    }

    private void look(MetadataClient metadata, String path, Reading reading) throws InterruptedException {
        try {
            metadata.get(path).flatMap(reading::read).ifPresent(listener);
        } catch (IOException e) {
            LOG.debug("{} tells nothing: {}", path, e.toString());
        } catch (RuntimeException e) {
            LOG.warn("{} can't be read, and is asked again", path, e);
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

    @FunctionalInterface
    private interface Reading {
        Optional<EvictionNotice> read(String text);
    }
}
