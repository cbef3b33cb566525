package dev.drover.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RetentionPolicyTest {
    private static final Lease SECOND = Lease.parse("job-a/0@2");

    @Test
    void theNewestStay() {
        CheckpointRef resumedFrom = ref(1, 10);
        CheckpointRef twenty = ref(2, 20);
        CheckpointRef thirty = ref(2, 30);
        List<CheckpointRef> published = List.of(thirty, twenty, resumedFrom);
        assertThat(RetentionPolicy.prunable(SECOND, published, 2)).containsExactly(resumedFrom);
        assertThat(RetentionPolicy.prunable(SECOND, published, 3)).isEmpty();
        assertThat(RetentionPolicy.prunable(SECOND, published, 0))
                .as("the newest one always stays")
                .containsExactly(twenty, resumedFrom);
    }

    @Test
    void aZombiesLaterStepDoesNotPushOutWhatCounts() {
        CheckpointRef own = ref(2, 50);
        CheckpointRef zombies = ref(1, 100);
        assertThat(RetentionPolicy.prunable(SECOND, List.of(zombies, own), 1)).containsExactly(zombies);
    }

    @Test
    void ofLaterGenerationsNothingIsDeleted() {
        CheckpointRef own = ref(2, 50);
        assertThat(RetentionPolicy.prunable(SECOND, List.of(ref(3, 60), ref(3, 55), own), 1))
                .isEmpty();
    }

    private static CheckpointRef ref(int generation, int step) {
        return new CheckpointRef(new Lease(SECOND.shard(), generation), step, "digest");
    }
}
