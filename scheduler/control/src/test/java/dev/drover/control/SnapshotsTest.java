package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotsTest {
    private static final long EVERY = Snapshots.EVERY_EVENTS;

    private final Snapshots snapshots = new Snapshots();

    @Test
    void oneIsDueAfterSoManyEventsOrHalfAsManyAsThereAreJobs() {
        assertThat(snapshots.due(EVERY - 1, 0)).isFalse();
        assertThat(snapshots.due(EVERY, 100_000)).isFalse();
        assertThat(snapshots.due(EVERY, 10)).isTrue();
    }

    @Test
    void aPoolThatOnlyGrowsHasOneAtEachDoubling() {
        List<Integer> at = new ArrayList<>();
        for (int jobs = 1; jobs <= 16 * EVERY; jobs++) {
            if (snapshots.due(jobs, jobs)) {
                at.add(jobs / (int) EVERY);
                snapshots.saved(jobs);
            }
        }
        assertThat(at).containsExactly(1, 2, 4, 8, 16);
    }

    @Test
    void oneIsWrittenAtATime() {
        assertThat(snapshots.due(EVERY, 0)).isTrue();
        assertThat(snapshots.due(3 * EVERY, 0)).isFalse();
        snapshots.saved(EVERY);
        assertThat(snapshots.due(3 * EVERY, 0)).isTrue();
    }

    @Test
    void oneThatFailedIsDueAgainLater() {
        assertThat(snapshots.due(EVERY, 0)).isTrue();
        snapshots.failed();
        assertThat(snapshots.due(EVERY + 1, 0)).isFalse();
        assertThat(snapshots.due(2 * EVERY, 0)).isTrue();
    }

    @Test
    void twoAreKeptAndTheEventsSinceTheOneBefore() {
        snapshots.found(100);
        assertThat(snapshots.due(100 + EVERY - 1, 0))
                .as("counted from the one found")
                .isFalse();
        assertThat(snapshots.saved(200)).isEmpty();
        assertThat(snapshots.saved(300)).hasValue(100);
        assertThat(snapshots.saved(400)).hasValue(200);
    }
}
