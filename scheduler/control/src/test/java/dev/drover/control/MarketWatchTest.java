package dev.drover.control;

import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.planning.input.Input;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MarketWatchTest {
    @Test
    void aLookThatEndsInAnExceptionIsNotTheLast(@TempDir Path directory) {
        ActorTestKit testKit = ActorTestKit.create();
        FakeCloudProvider cloud = new FakeCloudProvider();
        AtomicInteger told = new AtomicInteger();
        SchedulerConfig config = SchedulerConfig.local("me", List::of, "a secret of enough length", "file:///store");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                JdbcReadModel readModel = JdbcReadModel.open(H2Database.in(directory))) {
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
                        if (input instanceof Input.OffersSeen && told.incrementAndGet() == 1) {
                            throw new IllegalStateException("the first time");
                        }
                    },
                    pool -> CompletableFuture.completedStage(List.of()),
                    threads)));
            Eventually.isTrue("prices are told again", () -> told.get() > 2);
            testKit.shutdownTestKit();
        }
    }
}
