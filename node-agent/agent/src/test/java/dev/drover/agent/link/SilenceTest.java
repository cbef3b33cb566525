package dev.drover.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SilenceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private final Silence silence = new Silence(START);

    @Test
    void fiveHeartbeatsWithoutAWordAreForgivenNotMore() {
        for (int second = 1; second <= 5; second++) {
            assertThat(tooLongAt(second)).isFalse();
        }
        assertThat(tooLongAt(6)).isTrue();
    }

    @Test
    void shortHeartbeatsAreGivenFiveSecondsAllTheSame() {
        Duration heartbeat = Duration.ofMillis(100);
        for (int tenth = 1; tenth <= 50; tenth++) {
            assertThat(silence.isTooLong(heartbeat, START.plusMillis(100L * tenth)))
                    .isFalse();
        }
        assertThat(silence.isTooLong(heartbeat, START.plusMillis(5100))).isTrue();
    }

    @Test
    void aWordBreaksIt() {
        for (int second = 1; second <= 20; second++) {
            silence.isBroken();
            assertThat(tooLongAt(second)).isFalse();
        }
    }

    @Test
    void anAgentThatWasFrozenReadsFirst() {
        assertThat(tooLongAt(1)).isFalse();
        assertThat(tooLongAt(13)).isFalse();
        silence.isBroken();
        assertThat(tooLongAt(14)).isFalse();
    }

    @Test
    void anAgentThatWasFrozenFindsTheConnectionDeadABitLater() {
        assertThat(tooLongAt(12)).isFalse();
        assertThat(tooLongAt(13)).isFalse();
        assertThat(tooLongAt(14)).isFalse();
        assertThat(tooLongAt(15)).isFalse();
        assertThat(tooLongAt(16)).isTrue();
    }

    private boolean tooLongAt(int second) {
        return silence.isTooLong(HEARTBEAT, START.plusSeconds(second));
    }
}
