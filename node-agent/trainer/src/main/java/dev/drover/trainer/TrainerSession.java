package dev.drover.trainer;

import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ToShard;
import dev.drover.protocol.shard.TrainSpec;
import dev.drover.trainer.checkpoint.CheckpointSaver;
import dev.drover.trainer.checkpoint.CheckpointWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of the process after {@code ready}: waits for an assignment, prepares it, trains it. */
final class TrainerSession {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerSession.class);

    private final AgentLink link;
    private final TorchEngine engine;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private Optional<Prepared> prepared = Optional.empty();

    TrainerSession(AgentLink link, TorchEngine engine, InstantSource clock, LongSupplier nanoTime) {
        this.link = link;
        this.engine = engine;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** A training that only lacks its state, and what it was prepared for. */
    private record Prepared(Assignment assignment, Training training, CheckpointWriter files) {
        boolean serves(Assignment other) {
            return assignment.shard() == other.shard()
                    && assignment.shards() == other.shards()
                    && assignment.spec().equals(other.spec());
        }
    }

    /**
     * Serves the agent until training ended or there is no agent.
     *
     * @throws TrainingFailure with the reason to report
     */
    void run() throws InterruptedException {
        while (true) {
            switch (link.take()) {
                case ShardEvent.AgentGone gone -> {
                    return;
                }
                case ShardEvent.SaveSettled settled -> {}
                case ShardEvent.Command(ToShard message) -> {
                    switch (message) {
                        case ToShard.Prepare prepare -> {
                            prepared = Optional.of(prepare(prepare.assignment()));
                            link.send(new FromShard.Prepared());
                        }
                        case ToShard.Start start -> {
                            train(start);
                            return;
                        }
                        case ToShard.Save save -> LOG.info("nothing to save: training has not started");
                        case ToShard.Stop stop -> {
                            link.send(new FromShard.Stopped(0));
                            return;
                        }
                    }
                }
            }
        }
    }

    private Prepared prepare(Assignment assignment) {
        Prepared built = build(assignment);
        WarmUp.run(built.training(), built.files(), Path.of(assignment.workDir()), nanoTime);
        return built;
    }

    private Prepared build(Assignment assignment) {
        TrainSpec spec = TrainSpecRules.read(assignment);
        Training training = Training.of(engine, assignment, spec);
        LOG.info(
                "job {} shard {} of {}: {} parameters, {} steps of {} samples",
                assignment.job(),
                assignment.shard(),
                assignment.shards(),
                training.parameters(),
                spec.steps(),
                training.samplesPerStep());
        return new Prepared(assignment, training, training.checkpointWriter());
    }

    private void train(ToShard.Start start) throws InterruptedException {
        Assignment assignment = start.assignment();
        TrainSpecRules.read(assignment);
        Prepared ready = prepared.filter(before -> before.serves(assignment)).orElseGet(() -> build(assignment));
        String resumeFrom = start.resumeFrom();
        int step = resumeFrom == null ? 0 : ready.training().restore(Path.of(resumeFrom));
        new TrainingRun(
                        link,
                        ready.training(),
                        new CheckpointSaver(ready.files(), new Reports(link)),
                        Path.of(assignment.workDir()),
                        assignment.checkpointEvery(),
                        step,
                        clock,
                        nanoTime)
                .run();
    }

    /** Passes the saver's results on, in the order they come. */
    private record Reports(AgentLink link) implements CheckpointSaver.Listener {
        @Override
        public void saved(int step, Path directory, double pauseMillis, double writeMillis) {
            link.send(new FromShard.Saved(step, directory.toString(), pauseMillis, writeMillis));
        }

        @Override
        public void saveFailed(int step, String reason) {
            link.send(new FromShard.SaveFailed(step, reason));
        }

        @Override
        public void settled() {
            link.post(new ShardEvent.SaveSettled());
        }
    }
}
