package dev.drover.agent.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.FakeMetadata;
import dev.drover.protocol.agent.EvictionNotice;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class EvictionWatchTest {
    private static final String REBALANCE_PATH = "/latest/meta-data/events/recommendations/rebalance";
    private static final String PATH = "/latest/meta-data/spot/instance-action";

    @Test
    void whateverTheServerAnswersItIsAskedAgain() throws Exception {
        List<EvictionNotice> notices = new CopyOnWriteArrayList<>();
        try (FakeMetadata metadata = new FakeMetadata();
                HttpClient http = HttpClient.newHttpClient()) {
            metadata.broken(true);
            metadata.set(PATH, "{\"action\":\"terminate\",\"time\":\"2026-01-01T00:00:00Z\"}");
            EvictionWatch watch =
                    EvictionWatch.start(http, metadata.address(), Duration.ofMillis(5), notices::add, since -> {});
            try {
                Await.until("some looks", () -> metadata.asked() > 5);
                assertThat(notices).isEmpty();
                metadata.broken(false);
                Await.until("the notice", () -> !notices.isEmpty());
            } finally {
                watch.close();
            }
        }
    }

    @Test
    void aListenerThatFailsOnceHearsAgain() throws Exception {
        List<EvictionNotice> notices = new CopyOnWriteArrayList<>();
        try (FakeMetadata metadata = new FakeMetadata();
                HttpClient http = HttpClient.newHttpClient()) {
            metadata.set(PATH, "{\"action\":\"terminate\",\"time\":\"2026-01-01T00:00:00Z\"}");
            EvictionWatch watch = EvictionWatch.start(
                    http,
                    metadata.address(),
                    Duration.ofMillis(5),
                    notice -> {
                        notices.add(notice);
                        if (notices.size() == 1) {
                            throw new IllegalStateException("the first is too much");
                        }
                    },
                    since -> {});
            try {
                Await.until("a second look", () -> notices.size() > 1);
            } finally {
                watch.close();
            }
        }
    }

    /** A body that can't be read, and a server that fails, say nothing: the signal neither comes nor goes. */
    @Test
    void theRebalanceSignalIsToldWhileItIsThere() throws Exception {
        List<Optional<Instant>> told = new CopyOnWriteArrayList<>();
        Instant since = Instant.parse("2026-01-01T00:00:00Z");
        try (FakeMetadata metadata = new FakeMetadata();
                HttpClient http = HttpClient.newHttpClient()) {
            metadata.broken(true);
            metadata.set(REBALANCE_PATH, "{\"noticeTime\":\"" + since + "\"}");
            EvictionWatch watch =
                    EvictionWatch.start(http, metadata.address(), Duration.ofMillis(5), notice -> {}, told::add);
            try {
                awaitLooks(metadata);
                assertThat(told).isEmpty();
                metadata.broken(false);
                Await.until("the signal", () -> !told.isEmpty());
                metadata.set(REBALANCE_PATH, "{\"noticeTime\":\"soon\"}");
                awaitLooks(metadata);
                assertThat(told).containsOnly(Optional.of(since));
                metadata.remove(REBALANCE_PATH);
                Await.until("its end", () -> told.getLast().isEmpty());
            } finally {
                watch.close();
            }
        }
    }

    private static void awaitLooks(FakeMetadata metadata) {
        int before = metadata.asked();
        Await.until("some looks", () -> metadata.asked() > before + 10);
    }
}
