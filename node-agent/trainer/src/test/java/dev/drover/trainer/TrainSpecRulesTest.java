package dev.drover.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.ShardWire;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainSpecRulesTest {
    private static Assignment with(String pointer, String value) throws Exception {
        ObjectNode spec = ShardWire.json().valueToTree(SmallSpecs.train(Path.of("data.txt"), 10));
        int last = pointer.lastIndexOf('/');
        ObjectNode parent = (ObjectNode) spec.at(pointer.substring(0, last));
        JsonNode replaced = ShardWire.json().readTree(value);
        parent.set(pointer.substring(last + 1), replaced);
        return new Assignment("job", 0, 1, 1, "work", 5, spec);
    }

    @Test
    void aSoundSpecPasses() throws Exception {
        assertThat(TrainSpecRules.read(with("/steps", "10")).steps()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /model                   | null  | train.model: is missing
        /model/heads             | 3     | train.model.heads: 3 does not divide width 32
        /model/kvHeads           | 3     | train.model.kvHeads: 3 does not divide heads 4
        /model/heads             | 32    | train.model.heads: 32 gives heads of width 1
        /model/layers            | 0     | train.model.layers: 0 is not allowed; at least 1
        /model/width             | "big" | train.model.width:
        /data/path               | " "   | train.data.path: is empty
        /data/format             | "CSV" | train.data.format:
        /data/evalFraction       | 0.6   | train.data.evalFraction: 0.6 is not allowed; from 0.0 to 0.5
        /steps                   | 0     | train.steps: 0 is not allowed
        /microBatch              | 0     | train.microBatch: 0
        /evalBatches             | 0     | train.evalBatches: 0
        /dropout                 | 1     | train.dropout: 1.0 is not allowed; from 0 to below 1.0
        /threads                 | 0     | train.threads: 0.0
        /optimizer/learningRate  | 0     | train.optimizer.learningRate: 0.0
        /optimizer/warmupSteps   | 11    | train.optimizer.warmupSteps: 11
        /optimizer/beta2         | 1     | train.optimizer.beta2: 1.0
        """)
    void whatCannotBeTrainedIsNamed(String pointer, String value, String reason) {
        assertThatThrownBy(() -> TrainSpecRules.read(with(pointer, value)))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith(reason.strip());
    }
}
