package dev.drover.agent.peer;

import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.Manifest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a checkpoint's files straight to the successor. Best effort: the store has them in any case. */
public final class PeerPush {
    private static final Logger LOG = LoggerFactory.getLogger(PeerPush.class);
    private static final Duration LEAST = Duration.ofMillis(500);

    private final HttpClient http;
    private final InstantSource clock;

    public PeerPush(HttpClient http, InstantSource clock) {
        this.http = http;
        this.clock = clock;
    }

    /** Puts every file, the manifest last, and gives up at the deadline. Says whether all arrived; never throws. Blocks. */
    public boolean push(
            Path directory, Manifest manifest, byte[] manifestBytes, HandoffTarget target, Instant deadline) {
        try {
            for (Manifest.Entry entry : manifest.files()) {
                put(target, entry.name(), HttpRequest.BodyPublishers.ofFile(directory.resolve(entry.name())), deadline);
            }
            put(target, CheckpointLayout.MANIFEST, HttpRequest.BodyPublishers.ofByteArray(manifestBytes), deadline);
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "push of step {} of {} to {} failed; the successor will read the store: {}",
                    manifest.step(),
                    manifest.lease(),
                    target,
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private void put(HandoffTarget target, String name, HttpRequest.BodyPublisher body, Instant deadline)
            throws IOException, InterruptedException {
        Duration left = Duration.between(clock.instant(), deadline);
        HttpRequest request = HttpRequest.newBuilder(URI.create(target.url() + "/" + name))
                .timeout(left.compareTo(LEAST) < 0 ? LEAST : left)
                .header("Authorization", "Bearer " + target.token())
                .PUT(body)
                .build();
        int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status / 100 != 2) {
            throw new IOException("PUT " + request.uri() + " was answered " + status);
        }
    }
}
