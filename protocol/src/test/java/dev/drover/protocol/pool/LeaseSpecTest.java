package dev.drover.protocol.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseSpecTest {
    @ParameterizedTest
    @CsvSource({"0, 1000", "1, 1000", "124, 1000", "125, 1250", "200, 2000", "249, 2250", "250, 2500", "5000, 2500"})
    void theMoreNodesTheLongerAHeartbeatUpToASixthOfTheLease(int nodes, long millis) {
        assertThat(LeaseSpec.DEFAULT.among(nodes).heartbeat()).isEqualTo(Duration.ofMillis(millis));
        assertThat(LeaseSpec.DEFAULT.among(nodes).length()).isEqualTo(LeaseSpec.DEFAULT.length());
    }

    @Test
    void whatAPoolAsksForItselfIsNeverMadeShorter() {
        LeaseSpec slow = new LeaseSpec(
                Duration.ofSeconds(15), Duration.ofSeconds(4), Duration.ofHours(1), Duration.ofSeconds(5));
        assertThat(slow.among(1_000)).isEqualTo(slow);
    }
}
