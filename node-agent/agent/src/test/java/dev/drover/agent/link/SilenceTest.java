package dev.drover.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SilenceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

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
        LeaseSpec lease = lease(Duration.ofSeconds(1), Duration.ofMillis(100));
        for (int tenth = 1; tenth <= 50; tenth++) {
            assertThat(tooLongAt(START.plusMillis(100L * tenth), lease)).isFalse();
        }
        assertThat(tooLongAt(START.plusMillis(5100), lease)).isTrue();
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

    @Test
    void aPoolMayBeSilentForTwoThirdsOfALease() {
        assertThat(Silence.toleratedOfPool(LeaseSpec.DEFAULT)).isEqualTo(Duration.ofSeconds(10));
        LeaseSpec brief = lease(Duration.ofSeconds(6), Duration.ofSeconds(1));
        assertThat(Silence.toleratedOfPool(brief))
                .as("never less than its scheduler")
                .isEqualTo(Silence.toleratedOfScheduler(brief));
    }

    private static LeaseSpec lease(Duration length, Duration heartbeat) {
        return new LeaseSpec(length, heartbeat, LeaseSpec.DEFAULT.runUntil(), LeaseSpec.DEFAULT.noticeMargin());
    }

    private boolean tooLongAt(int second) {
        return tooLongAt(START.plusSeconds(second), LeaseSpec.DEFAULT);
    }

    private boolean tooLongAt(Instant now, LeaseSpec lease) {
        return silence.isLongerThan(Silence.toleratedOfScheduler(lease), lease.heartbeat(), now);
    }
}
