package dev.drover.agent.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.FakeMetadata;
import dev.drover.protocol.agent.EvictionNotice;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class EvictionWatchTest {
    private static final String PATH = "/latest/meta-data/spot/instance-action";

    @Test
    void whateverTheServerAnswersItIsAskedAgain() throws Exception {
        List<EvictionNotice> notices = new CopyOnWriteArrayList<>();
        try (FakeMetadata metadata = new FakeMetadata();
                HttpClient http = HttpClient.newHttpClient()) {
            metadata.broken(true);
            metadata.set(PATH, "{\"action\":\"terminate\",\"time\":\"2026-01-01T00:00:00Z\"}");
            EvictionWatch watch = EvictionWatch.start(http, metadata.address(), Duration.ofMillis(5), notices::add);
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
            EvictionWatch watch = EvictionWatch.start(http, metadata.address(), Duration.ofMillis(5), notice -> {
                notices.add(notice);
                if (notices.size() == 1) {
                    throw new IllegalStateException("the first is too much");
                }
            });
            try {
                Await.until("a second look", () -> notices.size() > 1);
            } finally {
                watch.close();
            }
        }
    }
}
