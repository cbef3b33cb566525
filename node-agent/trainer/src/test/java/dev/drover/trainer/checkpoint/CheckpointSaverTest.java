package dev.drover.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointSaverTest {
    /** Whoever sees the step says that training is done; were it seen before it is told of, the two words would be the wrong way round. */
    @Test
    void aStepIsSavedOnceThatIsTold(@TempDir Path work) throws InterruptedException {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        AtomicReference<@Nullable CheckpointSaver> itself = new AtomicReference<>();
        CheckpointSaver saver =
                new CheckpointSaver(new CheckpointWriter(Map.of(), Map.of()), new CheckpointSaver.Listener() {
                    @Override
                    public void saved(int step, Path directory, double pauseMillis, double writeMillis) {
                        CheckpointSaver now = itself.get();
                        told.add("saved " + step + ", known " + (now == null ? "nothing" : now.savedStep()));
                    }

                    @Override
                    public void saveFailed(int step, String reason) {
                        told.add("failed: " + reason);
                    }

                    @Override
                    public void settled() {
                        CheckpointSaver now = itself.get();
                        told.add("settled, known " + (now == null ? "nothing" : now.savedStep()));
                    }
                });
        itself.set(saver);
        double unused = saver.begin(state(7), work);
        assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("saved 7, known -1");
        assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("settled, known 7");
    }

    private static TrainState state(int step) {
        return new TrainState(
                TrainState.FORMAT,
                step,
                step,
                0,
                1,
                256,
                1,
                "cpu",
                new TrainState.Versions("0", "0", "0"),
                JsonNodeFactory.instance.objectNode());
    }
}
