package dev.drover.trainer;

import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.shard.ToShard;
import dev.drover.trainer.checkpoint.CheckpointWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps made for nobody, so that the first real one is as fast as the hundredth: classes, compiled code, native kernels, the
 * data's pages, the way to the disk and back. The training is back in its initial state afterwards.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int LEAST_STEPS = 2;
    private static final int MOST_STEPS = 30;
    private static final Duration ENOUGH = Duration.ofMillis(1500);

    /** Beyond this the state's own size rules the time to resume, and a rehearsal would cost as much as it saves. */
    private static final long MOST_PARAMETERS_TO_REHEARSE = 4_000_000;

    private WarmUp() {}

    static void run(Training training, CheckpointWriter files, Path scratch, LongSupplier nanoTime) {
        long from = nanoTime.getAsLong();
        for (int made = 0; made < MOST_STEPS; made++) {
            if (made >= LEAST_STEPS && nanoTime.getAsLong() - from > ENOUGH.toNanos()) {
                break;
            }
            training.step(1);
        }
        training.evaluate(training.spec().steps());
        if (training.parameters() <= MOST_PARAMETERS_TO_REHEARSE) {
            rehearseHandoff(training, files, scratch);
        }
        training.reset();
    }

    /** Loads and builds what writes and reads the messages between {@code start} and the first step. */
    static void rehearseProtocol() {
        var record = new StepRecord(1, 1f, 1, 1, 1, 1, 0, 1f, 0);
        ShardWire.line(new FromShard.Step(record));
        ShardWire.line(new FromShard.Saved(1, "", 0, 0));
        var assignment = new Assignment("", 0, 1, 1, "", 1, ShardWire.json().createObjectNode());
        ShardWire.parse(ShardWire.line(new ToShard.Start(assignment, "")), ToShard.class);
    }

    private static void rehearseHandoff(Training training, CheckpointWriter files, Path scratch) {
        Path workDir = scratch.resolve("warm-up");
        try {
            files.take();
            training.restore(files.write(training.stateAfter(1), workDir));
            CheckpointWriter.deleteTree(workDir);
        } catch (IOException e) {
            LOG.info("the first save and restore are not rehearsed: {}", e.toString());
        }
    }
}
