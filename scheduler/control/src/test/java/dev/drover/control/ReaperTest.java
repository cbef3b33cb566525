package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReaperTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final NodeId ONE = new NodeId("one");
    private static final NodeId TWO = new NodeId("two");

    private final Reaper reaper = new Reaper(Duration.ofSeconds(30));

    @Test
    void anOrphanIsDueAfterItsGraceAndNotBefore() {
        assertThat(look(0, ONE)).isEmpty();
        assertThat(look(29, ONE, TWO)).isEmpty();
        assertThat(look(30, ONE, TWO)).containsExactly(ONE);
        assertThat(look(59, ONE, TWO)).containsExactly(ONE, TWO);
    }

    @Test
    void oneThatWasClaimedInBetweenStartsAnew() {
        assertThat(look(0, ONE)).isEmpty();
        assertThat(look(29)).isEmpty();
        assertThat(look(31, ONE)).isEmpty();
        assertThat(look(60, ONE)).isEmpty();
        assertThat(look(61, ONE)).containsExactly(ONE);
    }

    private List<NodeId> look(int second, NodeId... orphans) {
        return reaper.due(List.of(orphans), START.plusSeconds(second));
    }
}
