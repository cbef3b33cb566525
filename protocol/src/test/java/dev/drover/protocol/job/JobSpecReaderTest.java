package dev.drover.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.shard.DataSpec;
import dev.drover.protocol.shard.ModelSpec;
import dev.drover.protocol.shard.OptimizerSpec;
import dev.drover.protocol.shard.TrainSpec;
import dev.drover.protocol.spec.InvalidSpecException;
import dev.drover.protocol.spec.SpecProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobSpecReaderTest {
    private static final TrainSpec DEFAULT_TRAINING = new TrainSpec(
            new ModelSpec(4, 128, 4, 2, 344),
            new DataSpec("/d.txt", DataSpec.Format.TEXT, null, 128, 0.1),
            new OptimizerSpec(1e-3, 1e-4, 20, 0.1, 0.9, 0.95, 1e-8, 1.0),
            300,
            8,
            1,
            50,
            8,
            0.0,
            1,
            1);

    private static final JobSpec DEFAULTS = new JobSpec(
            "job",
            new PoolName("default"),
            1,
            new Resources("cpu", 1, ByteSize.parse("1GiB")),
            new ProgramSpec.Trainer(DEFAULT_TRAINING),
            new CheckpointSpec(20, 3),
            2,
            SchedulingSpec.DEFAULT);

    @Test
    void fillsInEveryDefault() {
        assertThat(JobSpecReader.read("train: {data: {path: /d.txt}}")).isEqualTo(DEFAULTS);
    }

    @Test
    void readsTheSameFromJsonAndFromFlowYaml() {
        assertThat(JobSpecReader.read("{\"train\": {\"data\": {\"path\": \"/d.txt\"}}}"))
                .isEqualTo(DEFAULTS);
        assertThat(JobSpecReader.read("{train: {data: {path: /d.txt}}}")).isEqualTo(DEFAULTS);
    }

    @Test
    void readsEveryField() {
        JobSpec job = JobSpecReader.read("""
            name: shakespeare
            pool: west
            shards: 2
            resources: {accelerator: a100, count: 2, memory: 16GiB}
            checkpoint: {every: 7, keep: 1}
            retries: 0
            train:
              data: {path: rows.json, format: Instructions, tokenizer: /t.json, context: 64, evalFraction: 0}
              model: {layers: 2, width: 64, heads: 4, kvHeads: 4, feedForward: 100}
              optimizer: {learningRate: 1e-2, minLearningRate: 0, warmupSteps: 0, weightDecay: 0, beta1: 0.8,
                beta2: .9, epsilon: 1E-6, clipNorm: 0}
              steps: 10
              microBatch: 2
              accumulation: 3
              evalEvery: 0
              evalBatches: 1
              dropout: 0.2
              seed: -5
              threads: 2
            """);
        assertThat(job)
                .isEqualTo(new JobSpec(
                        "shakespeare",
                        new PoolName("west"),
                        2,
                        new Resources("a100", 2, ByteSize.parse("16GiB")),
                        new ProgramSpec.Trainer(new TrainSpec(
                                new ModelSpec(2, 64, 4, 4, 100),
                                new DataSpec("rows.json", DataSpec.Format.INSTRUCTIONS, "/t.json", 64, 0),
                                new OptimizerSpec(1e-2, 0, 0, 0, 0.8, 0.9, 1e-6, 0),
                                10,
                                2,
                                3,
                                0,
                                1,
                                0.2,
                                -5,
                                2)),
                        new CheckpointSpec(7, 1),
                        0,
                        SchedulingSpec.DEFAULT));
    }

    @Test
    void passesACommandsSpecOnAsItIs() {
        JobSpec job = JobSpecReader.read("command: [python3, train.py]\nspec: {lr: 1e-3, tags: [a, no]}");
        assertThat(job.program()).isInstanceOfSatisfying(ProgramSpec.Command.class, program -> {
            assertThat(program.command()).containsExactly("python3", "train.py");
            assertThat(program.spec()).hasToString("{\"lr\":0.001,\"tags\":[\"a\",\"no\"]}");
        });
    }

    static Stream<Arguments> malformed() {
        String data = "train: {data: {path: /d.txt}";
        return Stream.of(
                refusal("", "spec: is missing; use fields and their values, as 'name: my-job'"),
                refusal("hello", "spec: '\"hello\"' is not allowed; use fields and their values, as 'name: my-job'"),
                refusal(
                        "name: a\n  pool: b",
                        "spec: 'mapping values are not allowed here' is not allowed; use well-formed YAML (line 2,"
                                + " column 7)"),
                refusal(
                        "{\"name\": \"a\",, }",
                        "spec: 'Unexpected character (',' (code 44)): was expecting double-quote to start field ...'"
                                + " is not allowed; use well-formed JSON (line 1, column 14)"),
                refusal(
                        "name: a\nname: b",
                        "name: 'a second time (line 2, column 1)' is not allowed; use each field once"),
                refusal("name: a", "train: is missing; use train for the built-in program, or command for your own"),
                refusal("train: {}", "train.data.path: is missing; use the data file, as /data/shakespeare.txt"),
                refusal(data + "}\nshardz: 2", "shardz: '2' is not allowed; use 'shards'; there is no 'shardz'"),
                refusal(
                        data + ", model: {zebra: 2}}",
                        "train.model.zebra: '2' is not allowed; use one of width, heads, kvHeads, feedForward, layers;"
                                + " there is no 'zebra'"));
    }

    static Stream<Arguments> outOfBounds() {
        String data = "train: {data: {path: /d.txt}";
        return Stream.of(
                refusal(data + "}\nshards: 0", "shards: '0' is not allowed; use a whole number from 1 to 64"),
                refusal(data + "}\nshards: 2.5", "shards: '2.5' is not allowed; use a whole number from 1 to 64"),
                refusal(data + "}\nshards: '2'", "shards: '2' is not allowed; use a whole number from 1 to 64"),
                refusal(
                        data + "}\nshards: 99999999999999999999",
                        "shards: '99999999999999999999' is not allowed; use a whole number from 1 to 64"),
                refusal(
                        data + "}\nname: ../../etc",
                        "name: '../../etc' is not allowed; use 1 to 63 of a-z, 0-9 and '-', starting and ending with a"
                                + " letter or digit"),
                refusal(
                        data + ", steps: -1}",
                        "train.steps: '-1' is not allowed; use a whole number from 1 to 1000000000"),
                refusal(
                        data + ", optimizer: {learningRate: -1}}",
                        "train.optimizer.learningRate: '-1' is not allowed; use a number from 1.0E-12 to 10"),
                refusal(
                        data + ", optimizer: {minLearningRate: 1}}",
                        "train.optimizer.minLearningRate: '1.0' is not allowed; use at most learningRate (0.001)"),
                refusal(
                        data + ", model: {width: 100, heads: 3}}",
                        "train.model.width: '100' is not allowed; use a multiple of heads (3)"),
                refusal(
                        data + ", model: {heads: 4, kvHeads: 3}}",
                        "train.model.kvHeads: '3' is not allowed; use a number that divides heads (4)"),
                refusal(
                        "train: {data: {path: /d.txt, format: csv}}",
                        "train.data.format: 'csv' is not allowed; use text, instructions"),
                refusal(
                        data + "}\nresources: {memory: 1 gig}",
                        "resources.memory: '1 gig' is not allowed; use up to 64TiB, as 2GiB"),
                refusal(data + "}\nresources: 3", "resources: '3' is not allowed; use a mapping of fields"),
                refusal(
                        data + "}\ncommand: [a]",
                        "command: 'besides train' is not allowed; use either train or command"),
                refusal("command: [1]", "command[0]: '1' is not allowed; use a text of 1 to 4096 printable characters"),
                refusal(
                        "command: []",
                        "command: '[]' is not allowed; use a program and its arguments, as [python3, train.py]"));
    }

    /** Each number of a job: field, what is not allowed, and the bounds as told. */
    static Stream<Arguments> numbers() {
        String steps = "a whole number from 1 to 1000000000";
        String stepsOrNone = "a whole number from 0 to 1000000000";
        String batch = "a whole number from 1 to 65536";
        String count = "a whole number from 1 to 64";
        return Stream.of(
                Arguments.of("shards", count, List.of("0", "-1", "65", "9e99", ".nan", "NaN", "Infinity")),
                Arguments.of("retries", "a whole number from 0 to 1000", List.of("-1", "1001", "0.5")),
                Arguments.of("resources.count", count, List.of("0", "-1", "65", "1e9")),
                Arguments.of("resources.memory", "up to 64TiB, as 2GiB", List.of("-1", "65TiB", "1e9", "NaN", "9e99")),
                Arguments.of("checkpoint.every", steps, List.of("0", "-20", "1000000001", "NaN")),
                Arguments.of("checkpoint.keep", "a whole number from 1 to 1000", List.of("0", "-1", "1001")),
                Arguments.of("train.steps", steps, List.of("0", "-1", "1000000001", "Infinity")),
                Arguments.of("train.microBatch", batch, List.of("0", "-8", "65537")),
                Arguments.of("train.accumulation", batch, List.of("0", "-8", "65537")),
                Arguments.of("train.evalEvery", stepsOrNone, List.of("-1", "1000000001")),
                Arguments.of("train.evalBatches", batch, List.of("0", "-1", "65537")),
                Arguments.of("train.dropout", "a number from 0 to 0.9", List.of("-0.1", "1", "NaN", "1e999")),
                Arguments.of("train.threads", "a whole number from 1 to 256", List.of("0", "-1", "257")),
                Arguments.of("train.data.context", "a whole number from 2 to 1048576", List.of("0", "1", "-1")),
                Arguments.of("train.data.evalFraction", "a number from 0 to 0.5", List.of("-1", "0.6", ".inf")),
                Arguments.of("train.model.layers", "a whole number from 1 to 512", List.of("0", "-1", "513")),
                Arguments.of(
                        "train.optimizer.learningRate", "a number from 1.0E-12 to 10", List.of("0", "NaN", "1e99")),
                Arguments.of("train.optimizer.warmupSteps", stepsOrNone, List.of("-1", "1e3")),
                Arguments.of("train.optimizer.warmupSteps", "at most train.steps (300)", List.of("301")),
                Arguments.of("train.optimizer.beta2", "a number from 0 to 0.999999", List.of("1", "-1", "Infinity")),
                Arguments.of(
                        "train.optimizer.clipNorm", "a number from 0 to 1000000", List.of("-1", "1e7", "-Infinity")));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void refusesWhatIsNoUsableNumber(String field, String allowed, List<String> values) {
        for (String value : values) {
            assertThat(refusalOf(with(field, value), DataFiles.unchecked()).problems())
                    .as(field + ": " + value)
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.field()).isEqualTo(field);
                        assertThat(problem.allowed()).isEqualTo(allowed);
                    });
        }
    }

    /** A sound job but for {@code field}. */
    private static String with(String field, String value) {
        String[] path = field.split("\\.", -1);
        StringBuilder text = new StringBuilder(value);
        for (int i = path.length - 1; i > 0; i--) {
            String besides = path[i - 1].equals("data") ? ", path: /d.txt" : "";
            besides = path[i - 1].equals("train") && !path[1].equals("data") ? ", data: {path: /d.txt}" : besides;
            text.insert(0, "{" + path[i] + ": ").append(besides).append('}');
        }
        String train = path[0].equals("train") ? "" : "\ntrain: {data: {path: /d.txt}}";
        return path[0] + ": " + text + train;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "257", "1.5", "9e99"})
    void refusesThreadsOfAnyProgramThatAreNoCount(String threads) {
        assertThat(refusalOf("command: [a]\nspec: {threads: " + threads + "}", DataFiles.unchecked()))
                .hasMessageStartingWith("spec.threads: '")
                .hasMessageEndingWith("' is not allowed; use a whole number from 1 to 256");
    }

    @ParameterizedTest
    @MethodSource({"malformed", "outOfBounds"})
    void refuses(String text, String message) {
        assertThat(refusalOf(text, DataFiles.unchecked())).hasMessage(message);
    }

    @Test
    void namesAllProblemsInOneGo() {
        assertThat(refusalOf("""
            name: A B
            shards: 65
            train:
              data: {path: /gone.txt, tokenizer: /gone.json}
              dropout: 2
            extra: 1
            """, path -> Optional.of("a file that is there")).problems())
                .extracting(SpecProblem::field)
                .containsExactlyInAnyOrder(
                        "name", "shards", "train.data.path", "train.data.tokenizer", "train.dropout", "extra");
    }

    static List<String> bombs() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            String alias = "*a" + (i - 1);
            laughs.append("a%d: &a%d [%s]%n".formatted(i, i, String.join(", ", Collections.nCopies(9, alias))));
        }
        return List.of(
                laughs.toString(),
                "a: &a {b: *a}",
                "a: " + "[".repeat(5000),
                "a: " + "{b: ".repeat(5000),
                "{\"a\": " + "[".repeat(5000),
                "x: " + "y".repeat(2_000_000),
                "!!javax.script.ScriptEngineManager [1]",
                "? [a]\n: b");
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void hostileTextCostsLittle(String text) {
        assertThat(refusalOf(text, DataFiles.unchecked()).problems()).hasSize(1);
    }

    @Test
    void dataFilesOfThisMachine(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("d.txt"), "text");
        DataFiles files = DataFiles.onThisMachine();
        assertThat(files.problem(file.toString())).isEmpty();
        assertThat(files.problem("d.txt")).contains("an absolute path");
        assertThat(files.problem(dir.toString())).isPresent();
        assertThat(files.problem(dir.resolve("none").toString())).isPresent();
    }

    private static Arguments refusal(String text, String message) {
        return Arguments.of(text, message);
    }

    private static InvalidSpecException refusalOf(String text, DataFiles files) {
        InvalidSpecException refusal =
                catchThrowableOfType(InvalidSpecException.class, () -> JobSpecReader.read(text, files));
        assertThat(refusal).as(text.substring(0, Math.min(200, text.length()))).isNotNull();
        return refusal;
    }
}
