package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.planning.input.Input;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MarketWatchTest {
    private final ActorTestKit testKit = ActorTestKit.create();
    private final FakeCloudProvider cloud = new FakeCloudProvider();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        testKit.shutdownTestKit();
        threads.shutdown();
    }

    @Test
    void aLookThatEndsInAnExceptionIsNotTheLast(@TempDir Path directory) {
        AtomicInteger told = new AtomicInteger();
        try (JdbcReadModel readModel = JdbcReadModel.open(H2Database.in(directory))) {
            watch(readModel, () -> {
                if (told.incrementAndGet() == 1) {
                    throw new IllegalStateException("the first time");
                }
            });
            Eventually.isTrue("prices are told again", () -> told.get() > 2);
            testKit.shutdownTestKit();
        }
    }

    @Test
    void aProviderThatIsAwayIsLoggedOnceAndSoIsItsReturn(@TempDir Path directory) {
        AtomicInteger told = new AtomicInteger();
        cloud.hidden = true;
        try (JdbcReadModel readModel = JdbcReadModel.open(H2Database.in(directory));
                LogLines lines = new LogLines(MarketWatch.class)) {
            watch(readModel, told::incrementAndGet);
            Eventually.isTrue("it is looked for again and again", () -> cloud.looks.get() > 5);
            cloud.hidden = false;
            Eventually.isTrue("prices are told", () -> told.get() > 2);
            testKit.shutdownTestKit();
            assertThat(lines.all()).hasSize(2);
            assertThat(lines.all().getFirst())
                    .startsWith("WARN can't look at the markets")
                    .contains("no prices today");
            assertThat(lines.all().getLast()).isEqualTo("INFO the markets of local are seen again");
        }
    }

    private void watch(JdbcReadModel readModel, Runnable offersTold) {
        SchedulerConfig config =
                SchedulerConfig.local("me", List::of, "a secret of enough length", Optional.empty(), "file:///store");
        readModel.addPool(World.POOL);
        Offers offers = new Offers();
        testKit.spawn(MarketWatch.create(new MarketWatch.Around(
                cloud,
                readModel,
                "me",
                Duration.ofMillis(20),
                Duration.ofSeconds(1),
                InstantSource.system(),
                offers,
                new LaunchExecutor(cloud, node -> {}, config, offers, threads),
                (pool, input) -> {
                    if (input instanceof Input.OffersSeen) {
                        offersTold.run();
                    }
                },
                pool -> CompletableFuture.completedStage(List.of()),
                threads)));
    }
}
