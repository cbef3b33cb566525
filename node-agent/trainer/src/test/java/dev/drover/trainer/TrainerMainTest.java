package dev.drover.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.DataSpec;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.OptimizerSpec;
import dev.drover.protocol.shard.ToShard;
import dev.drover.protocol.shard.TrainSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training program as its agent sees it: a real process at the other end of a socket. */
class TrainerMainTest {
    private static final int ENDLESS = 1_000_000;

    private final Path directory;

    TrainerMainTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Assignment endless(Path workDir, int checkpointEvery) throws Exception {
        return SmallSpecs.assignment(SmallSpecs.train(SmallSpecs.text(directory), ENDLESS), workDir, checkpointEvery);
    }

    @Test
    void savesWhenDueAndWhenAskedAndStopsWithAllStepsTold() throws Exception {
        Path work = directory.resolve("work");
        try (TrainerProcess process = TrainerProcess.start()) {
            process.say(new ToShard.Start(endless(work, 8), null));
            FromShard.Saved due = process.await(FromShard.Saved.class);
            assertThat(due.step()).isEqualTo(8);
            assertThat(Path.of(due.dir())).isEqualTo(work.resolve("step-00000008"));
            assertComplete(Path.of(due.dir()));
            assertThat(process.steps()).as("told before the save").hasSizeGreaterThanOrEqualTo(8);

            process.handle().destroy();
            process.say(new ToShard.Save());
            assertThat(process.await(FromShard.Saved.class).step()).isGreaterThan(8);

            process.say(new ToShard.Stop(System.currentTimeMillis() + 20_000));
            int stopped = process.await(FromShard.Stopped.class).step();
            assertThat(process.exitStatus()).as("a SIGTERM before did nothing").isZero();
            assertThat(process.steps().stream().map(step -> step.record().step()))
                    .containsExactlyElementsOf(
                            Stream.iterate(1, step -> step + 1).limit(stopped).toList());
            List<FromShard> lastTwo = process.heard()
                    .subList(process.heard().size() - 2, process.heard().size());
            assertThat(lastTwo.getFirst())
                    .isInstanceOfSatisfying(
                            FromShard.Saved.class,
                            saved -> assertThat(saved.step()).isEqualTo(stopped));
        }
    }

    private static void assertComplete(Path checkpoint) throws Exception {
        try (Stream<Path> files = Files.list(checkpoint)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("model.safetensors", "optimizer.safetensors", "state.json");
        }
    }

    @Test
    void anUnwritableDirectoryIsReportedAndTrainingGoesOn() throws Exception {
        Path blocked =
                Files.writeString(directory.resolve("file"), "in the way").resolve("work");
        try (TrainerProcess process = TrainerProcess.start()) {
            process.say(new ToShard.Start(endless(blocked, 4), null));
            FromShard.SaveFailed failed = process.await(FromShard.SaveFailed.class);
            assertThat(failed.step()).isEqualTo(4);
            assertThat(failed.reason()).contains(blocked.toString());
            process.awaitStep(failed.step() + 10);
            Files.delete(directory.resolve("file"));
            assertThat(process.await(FromShard.Saved.class).step()).isGreaterThan(4);
        }
    }

    @Test
    void endsWhenItsSocketClosesIdleOrTraining() throws Exception {
        try (TrainerProcess idle = TrainerProcess.start();
                TrainerProcess training = TrainerProcess.start()) {
            idle.hangUp();
            assertThat(idle.exitStatus()).isZero();
            training.say(new ToShard.Start(endless(directory.resolve("work"), 1000), null));
            training.awaitStep(2);
            training.hangUp();
            assertThat(training.exitStatus()).isZero();
        }
    }

    @Test
    void failuresCarryAReasonForTheOwner() throws Exception {
        TrainSpec sound = SmallSpecs.train(SmallSpecs.text(directory), 10);
        var missing = new DataSpec("/nowhere/data.txt", DataSpec.Format.TEXT, null, 8, 0);
        assertThat(failureOf(with(sound, missing, sound.optimizer())))
                .startsWith("train.data.path: there is no file /nowhere/data.txt");
        var tooFast = new OptimizerSpec(1e30, 0, 0, 0, 0.9, 0.95, 1e-8, 0);
        assertThat(failureOf(with(sound, sound.data(), tooFast)))
                .startsWith("step 2: the loss is NaN")
                .contains("lower train.optimizer.learningRate (1.0E30)");
    }

    private static TrainSpec with(TrainSpec spec, DataSpec data, OptimizerSpec optimizer) {
        return new TrainSpec(spec.model(), data, optimizer, spec.steps(), 2, 1, 0, 1, 0, 1, 1);
    }

    private String failureOf(TrainSpec spec) throws Exception {
        try (TrainerProcess process = TrainerProcess.start()) {
            process.say(new ToShard.Start(SmallSpecs.assignment(spec, directory.resolve("w"), 5), null));
            FromShard message = process.next();
            while (!(message instanceof FromShard.Failed)) {
                message = process.next();
            }
            assertThat(process.exitStatus()).isEqualTo(1);
            return ((FromShard.Failed) message).reason();
        }
    }
}
