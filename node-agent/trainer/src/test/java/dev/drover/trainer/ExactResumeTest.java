package dev.drover.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.shard.ToShard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards the promise that evictions don't change the result: dropout, accumulation, clipping and evaluation are on. */
class ExactResumeTest {
    private static final int STEPS = 24;

    private final Path directory;

    ExactResumeTest(@TempDir Path directory) {
        this.directory = directory;
    }

    /** What must be equal to the bit; wall-clock fields are not part of the result. */
    private record Computed(int step, float loss, double learningRate, double norm, long samples, String evalLoss) {
        static Computed of(FromShard.Step message) {
            StepRecord record = message.record();
            return new Computed(
                    record.step(),
                    record.loss(),
                    record.learningRate(),
                    record.gradientNorm(),
                    record.samples(),
                    String.valueOf(record.evalLoss()));
        }
    }

    @Test
    void stoppedAndResumedInAnotherProcessEqualsUndisturbed() throws Exception {
        Path data = SmallSpecs.text(directory);
        Assignment whole = assignment(data, "whole");
        List<Computed> undisturbed;
        Path wholeResult;
        try (TrainerProcess process = TrainerProcess.start()) {
            process.say(new ToShard.Start(whole, null));
            wholeResult = Path.of(process.await(FromShard.Saved.class).dir());
            process.await(FromShard.Done.class);
            undisturbed = process.steps().stream().map(Computed::of).toList();
            assertThat(process.exitStatus()).isZero();
        }

        List<Computed> disturbed = new ArrayList<>();
        FromShard.Saved handedOver;
        try (TrainerProcess process = TrainerProcess.start()) {
            process.say(new ToShard.Start(assignment(data, "first"), null));
            process.awaitStep(7);
            process.say(new ToShard.Stop(Long.MAX_VALUE));
            handedOver = process.await(FromShard.Saved.class);
            assertThat(process.await(FromShard.Stopped.class).step()).isEqualTo(handedOver.step());
            process.steps().stream().map(Computed::of).forEach(disturbed::add);
            assertThat(process.exitStatus()).isZero();
        }
        assertThat(handedOver.step()).isBetween(7, STEPS - 1);

        try (TrainerProcess process = TrainerProcess.start()) {
            Assignment second = assignment(data, "second");
            process.say(new ToShard.Prepare(second));
            process.await(FromShard.Prepared.class);
            process.say(new ToShard.Start(second, handedOver.dir()));
            Path result = Path.of(process.await(FromShard.Saved.class).dir());
            process.await(FromShard.Done.class);
            process.steps().stream().map(Computed::of).forEach(disturbed::add);
            assertThat(disturbed).isEqualTo(undisturbed);
            for (String file : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
                assertThat(result.resolve(file)).hasSameBinaryContentAs(wholeResult.resolve(file));
            }
        }
        assertThat(undisturbed).hasSize(STEPS);
        assertThat(undisturbed.getLast().loss())
                .isLessThan(undisturbed.getFirst().loss());
    }

    private Assignment assignment(Path data, String workDir) throws Exception {
        Path work = Files.createDirectories(directory.resolve(workDir));
        return SmallSpecs.assignment(SmallSpecs.train(data, STEPS), work, 1000);
    }
}
