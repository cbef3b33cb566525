package dev.drover.simulation.world.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.PoolConfigured;
import dev.drover.planning.event.PoolEvent.PoolPaused;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JournalCheckerTest {
    private static final Instant NOW = Instant.EPOCH;
    private static final PoolState STATE =
            PoolState.EMPTY.apply(new PoolConfigured(PoolSpec.defaults(new PoolName("p")), NOW));

    private final Findings findings = new Findings();

    @Test
    void anEventThatTheJournalLostIsCaught() {
        PoolState paused = STATE.apply(new PoolPaused(NOW));
        new JournalChecker().happened(NOW, new Fact.ControllerRecovered(paused, STATE), findings);
        assertThat(findings.count()).isEqualTo(1);
    }

    @Test
    void theSameStateIsNoFinding() {
        new JournalChecker().happened(NOW, new Fact.ControllerRecovered(STATE, STATE), findings);
        assertThat(findings.isEmpty()).isTrue();
    }
}
