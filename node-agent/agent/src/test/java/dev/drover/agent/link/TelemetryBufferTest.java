package dev.drover.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.StepRecord;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TelemetryBufferTest {
    private static final Lease LEASE = Lease.parse("job-a/0@1");

    private final TelemetryBuffer buffer = new TelemetryBuffer(8);

    @Test
    void whatFitsIsComplete() {
        add(1, 8);
        assertThat(held()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        buffer.sent(buffer.next().orElseThrow());
        assertThat(buffer.next()).isEmpty();
    }

    @Test
    void underPressureItThinsAndKeepsTheNewest() {
        add(1, 10_000);
        assertThat(held()).hasSizeLessThanOrEqualTo(8).isSorted().contains(10_000);
    }

    @Test
    void theWaitBetweenDialsGrowsToTwoSeconds() {
        Random random = new Random(1);
        for (int failures = 1; failures < 100; failures++) {
            Duration wait = RedialPolicy.wait(failures, random);
            assertThat(wait).isBetween(Duration.ofMillis(50), Duration.ofSeconds(2));
            if (failures > 8) {
                assertThat(wait).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            }
        }
    }

    private void add(int from, int to) {
        IntStream.rangeClosed(from, to)
                .forEach(step -> buffer.add(LEASE, new StepRecord(step, 1, 1, 1, 1, 1, 1, null, 1)));
    }

    private List<Integer> held() {
        return buffer.next().orElseThrow().steps().stream()
                .map(StepRecord::step)
                .toList();
    }
}
