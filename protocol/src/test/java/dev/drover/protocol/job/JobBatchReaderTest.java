package dev.drover.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.spec.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobBatchReaderTest {
    @Test
    void everyJobIsReadAsIfItWereAlone() {
        String one = "{\"name\": \"a\", \"pool\": \"p\", \"command\": [\"/bin/true\"]}";
        String other = one.replace("\"a\"", "\"b\"");
        assertThat(JobBatchReader.read("{\"jobs\": [" + one + ", " + other + "]}", DataFiles.unchecked()))
                .containsExactly(JobSpecReader.read(one), JobSpecReader.read(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jobs: []                                             | jobs",
                "{}                                                   | jobs",
                "jobs: 3                                              | jobs",
                "jobs: [{command: [a]}, {command: [a], shards: 0}]    | jobs[1].shards",
                "jobs: [{command: [a]}, {command: [a], pool: other}]  | jobs[1].pool",
                "jobs: [{command: [a]}, 7]                            | jobs[1]",
                "{jobs: [{command: [a]}], job: {}}                    | job"
            })
    void whatIsWrongIsNamed(String text, String field) {
        assertThatThrownBy(() -> JobBatchReader.read(text, DataFiles.unchecked()))
                .isInstanceOfSatisfying(
                        InvalidSpecException.class,
                        invalid -> assertThat(invalid.problems())
                                .anySatisfy(
                                        problem -> assertThat(problem.field()).isEqualTo(field)));
    }
}
