package dev.drover.trainer;

import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.DataSpec;
import dev.drover.protocol.shard.ModelSpec;
import dev.drover.protocol.shard.OptimizerSpec;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.TrainSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model small enough to train in a test, with every feature on, and text for it. */
final class SmallSpecs {
    static final ModelSpec MODEL = new ModelSpec(2, 32, 4, 2, 48);
    static final OptimizerSpec OPTIMIZER = new OptimizerSpec(3e-3, 3e-4, 5, 0.1, 0.9, 0.95, 1e-8, 1);

    private SmallSpecs() {}

    /** A text file in {@code directory}: the same every time. */
    static Path text(Path directory) throws IOException {
        var text = new StringBuilder();
        for (int i = 0; i < 800; i++) {
            text.append("the ")
                    .append(i * i % 97)
                    .append(" sheep of pasture ")
                    .append(i % 13)
                    .append('\n');
        }
        return Files.writeString(directory.resolve("text.txt"), text);
    }

    static TrainSpec train(Path data, int steps) {
        var dataSpec = new DataSpec(data.toString(), DataSpec.Format.TEXT, null, 24, 0.1);
        return new TrainSpec(MODEL, dataSpec, OPTIMIZER, steps, 4, 2, 5, 2, 0.1, 7, 1);
    }

    static Assignment assignment(TrainSpec spec, Path workDir, int checkpointEvery) {
        return new Assignment(
                "job",
                0,
                2,
                1,
                workDir.toString(),
                checkpointEvery,
                ShardWire.json().valueToTree(spec));
    }
}
