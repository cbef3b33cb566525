package dev.drover.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.RungSpec;
import dev.drover.protocol.spec.InvalidSpecException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields of a job that say when it runs, on what, and at what cost. */
class SchedulingSpecReaderTest {
    private static final Instant SUBMITTED = Instant.parse("2026-11-22T20:00:00Z");

    private static final String EVERY_FIELD = """
        train: {data: {path: /d.txt}, microBatch: 8, accumulation: 3}
        priority: -1000
        after: [job-1, job-2, job-1]
        gang: true
        deadline: 60h
        budget: 40.50 USD
        computeTime: 48h
        ladder:
          - {accelerator: a100, microBatch: 12}
          - {capacityType: on-demand, maxPrice: 3.06 USD, spendLimit: 15 USD}
        """;

    private static JobSpec read(String fields) {
        return JobSpecReader.read("{train: {data: {path: /d.txt}}, " + fields + "}");
    }

    @Test
    void readsEveryField() {
        assertThat(JobSpecReader.read(EVERY_FIELD).scheduling())
                .isEqualTo(new SchedulingSpec(
                        -1000,
                        List.of(new JobId("job-1"), new JobId("job-2")),
                        true,
                        Optional.of(new Deadline.Within(Duration.ofHours(60))),
                        Optional.of(Money.usd("40.5")),
                        Optional.of(Duration.ofHours(48)),
                        List.of(
                                rung(CapacityType.SPOT, "a100", OptionalInt.of(12)),
                                new RungSpec(
                                        CapacityType.ON_DEMAND,
                                        Optional.empty(),
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        Optional.of(Money.usd("3.06")),
                                        Optional.of(Money.usd("15")),
                                        OptionalInt.empty()))));
    }

    private static RungSpec rung(CapacityType capacityType, String accelerator, OptionalInt microBatch) {
        return new RungSpec(
                capacityType,
                Optional.of(accelerator),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                microBatch);
    }

    @Test
    void standsAmongTheJobsOwnFields() throws Exception {
        JobSpec job = JobSpecReader.read(EVERY_FIELD);
        String json = DroverJson.mapper().writeValueAsString(job);
        assertThat(json)
                .contains("\"retries\":2,\"priority\":-1000,", "\"deadline\":\"60h\"", "\"computeTime\":\"2d\"")
                .doesNotContain("scheduling");
        assertThat(DroverJson.mapper().readValue(json, JobSpec.class)).isEqualTo(job);
    }

    @Test
    void aJobOfAnOlderVersionReadsWithTheDefaults() throws Exception {
        JobSpec job = read("priority: 0");
        String json = DroverJson.mapper().writeValueAsString(job);
        String older = json.replaceFirst(",\"priority\".*", "}");
        assertThat(older).endsWith("\"retries\":2}");
        assertThat(DroverJson.mapper().readValue(older, JobSpec.class)).isEqualTo(job);
        assertThatThrownBy(() ->
                        DroverJson.mapper().readValue(json.replace("\"gang\":false", "\"gong\":false"), JobSpec.class))
                .hasMessageContaining("there is no field 'gong' in a job");
    }

    @ParameterizedTest(name = "{0} is {1}, written {2}")
    @CsvSource({
        "60h, 2026-11-25T08:00:00Z, 60h",
        "3600s, 2026-11-22T21:00:00Z, 1h",
        "2026-11-25T08:00:00Z, 2026-11-25T08:00:00Z, 2026-11-25T08:00:00Z",
        "2026-11-25T16:00:00.5+08:00, 2026-11-25T08:00:00.500Z, 2026-11-25T08:00:00.500Z"
    })
    void deadlines(String text, Instant at, String written) throws Exception {
        Deadline deadline =
                read("deadline: '" + text + "'").scheduling().deadline().orElseThrow();
        assertThat(deadline.at(SUBMITTED)).isEqualTo(at);
        assertThat(DroverJson.mapper().writeValueAsString(deadline)).isEqualTo('"' + written + '"');
        assertThat(DroverJson.mapper().readValue('"' + written + '"', Deadline.class))
                .isEqualTo(deadline);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "soon",
                "0s",
                "999ms",
                "3651d",
                "999999999999d",
                "60",
                "-1h",
                "2026-11-25",
                "2026-11-25T08:00:00",
                "1969-12-31T23:59:59Z",
                "2200-01-01T00:00:00Z",
                "+1000000000-12-31T23:59:59Z",
                "{within: 60h}"
            })
    void refusesWhatIsNoDeadline(String deadline) {
        assertThatThrownBy(() -> read("deadline: " + deadline))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageStartingWith("deadline: '")
                .hasMessageEndingWith(
                        "' is not allowed; use a duration of 1s to 3650d from the submission, as 60h, or an"
                                + " instant from 1970 to 2199, as 2026-11-25T08:00:00Z");
    }

    @Test
    void aDeadlineIsWholeMillisecondsAway() {
        assertThatThrownBy(() -> new Deadline.Within(Duration.ofNanos(1_000_001)))
                .hasMessage("deadline 'PT0.001000001S' is not allowed; use more than 0, in whole milliseconds");
        assertThatThrownBy(() -> new Deadline.Within(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        priority: 1001                                 | priority: '1001' is not allowed; use a whole number from -1000 to 1000
        priority: -1001                                | priority: '-1001' is not allowed; use a whole number from -1000 to 1000
        priority: high                                 | priority: 'high' is not allowed; use a whole number from -1000 to 1000
        after: job-1                                   | after: 'job-1' is not allowed; use a list of at most 64
        after: [job-1, Job_2]                          | after[1]: 'Job_2' is not allowed; use a job's id, as job-1
        after: [1]                                     | after[0]: '1' is not allowed; use a job's id, as job-1
        gang: 2                                        | gang: '2' is not allowed; use true or false
        computeTime: 0s                                | computeTime: '0s' is not allowed; use a duration from 1s to 3650d, as 30s
        computeTime: 48                                | computeTime: '48' is not allowed; use a duration from 1s to 3650d, as 30s
        budget: 40                                     | budget: '40' is not allowed; use an amount from 0 to 1000000000000, of at most 12 decimals, with its currency, as 40 USD or {amount: 40, currency: USD}
        `ladder: [{capacityType: on-demand}, {}]`      | ladder[1].capacityType: 'SPOT' is not allowed; use on_demand, or put it before every on-demand rung
        `budget: 40 USD, ladder: [{maxPrice: 3 CNY}]`  | ladder[0].maxPrice: '3 CNY' is not allowed; use an amount in USD, as the others
        ladder: [{microBatch: 4}]                      | ladder[0].microBatch: '4' is not allowed; use it in a rung that names its accelerator
        `ladder: [{accelerator: t4, microBatch: 3}]`   | ladder[0].microBatch: '3' is not allowed; use a number that divides the global batch (train.microBatch x train.accumulation = 8)
        `ladder: [{accelerator: t4, microBatch: 16}]`  | ladder[0].microBatch: '16' is not allowed; use a number that divides the global batch (train.microBatch x train.accumulation = 8)
        `ladder: [{accelerator: t4, microBatch: 0}]`   | ladder[0].microBatch: '0' is not allowed; use a whole number from 1 to 65536
        """)
    void refuses(String fields, String message) {
        assertThatThrownBy(() -> read(fields))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessage(message);
    }

    @Test
    void aCommandHasNoMicroBatch() {
        assertThatThrownBy(() -> JobSpecReader.read("command: [a]\nladder: [{accelerator: t4, microBatch: 4}]"))
                .hasMessage(
                        "ladder[0].microBatch: '4' is not allowed; use it with train: a command has its own batches");
    }

    @Test
    void aGlobalBatchMayBeLargerThanAnInt() {
        JobSpec job = JobSpecReader.read("""
            train: {data: {path: /d.txt}, microBatch: 65536, accumulation: 65536}
            ladder: [{accelerator: t4, microBatch: 32768}]
            """);
        assertThat(job.scheduling().ladder()).containsExactly(rung(CapacityType.SPOT, "t4", OptionalInt.of(32_768)));
    }

    @Test
    void waitsForAtMost64Jobs() {
        String many = String.join(", ", Collections.nCopies(65, "job-1"));
        assertThatThrownBy(() -> read("after: [" + many + "]")).hasMessageEndingWith("use a list of at most 64");
    }
}
