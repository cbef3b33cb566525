package dev.drover.agent.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.shard.SaveQueue.Save;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class SaveQueueTest {
    private final SaveQueue queue = new SaveQueue();

    @Test
    void oneAtATimeAndTheNewestWaits() {
        assertThat(queue.offer(save(10))).isEmpty();
        assertThat(queue.begin()).hasValue(save(10));
        assertThat(queue.offer(save(20))).isEmpty();
        assertThat(queue.begin()).as("one at a time").isEmpty();
        assertThat(queue.offer(save(30))).containsExactly(save(20));
        assertThat(queue.succeeded()).isEqualTo(save(10));
        assertThat(queue.begin()).hasValue(save(30));
        queue.succeeded();
        assertThat(queue.isDrained()).isTrue();
    }

    @Test
    void aFailedSaveIsKeptUntilANewerOneComes() {
        queue.offer(save(10));
        queue.begin();
        assertThat(queue.failed()).isEmpty();
        assertThat(queue.hasFailed()).isTrue();
        assertThat(queue.isDrained()).isFalse();
        queue.retry();
        assertThat(queue.begin()).hasValue(save(10));
        queue.failed();
        assertThat(queue.offer(save(20))).containsExactly(save(10));
        assertThat(queue.hasFailed()).isFalse();
    }

    @Test
    void aFailedSaveGivesWayToOneThatWaits() {
        queue.offer(save(10));
        queue.begin();
        queue.offer(save(20));
        assertThat(queue.failed()).hasValue(save(10));
        assertThat(queue.begin()).hasValue(save(20));
    }

    @Test
    void exitCodesAreExplained() {
        assertThat(ExitEvidence.of(137)).isEqualTo("killed by signal 9 (out of memory?)");
        assertThat(ExitEvidence.of(139)).contains("signal 11").contains("crash");
        assertThat(ExitEvidence.of(1)).isEqualTo("exited with code 1");
        assertThat(ExitEvidence.of(255)).isEqualTo("exited with code 255");
    }

    private static Save save(int step) {
        return new Save(step, Path.of("save-" + step), 1);
    }
}
