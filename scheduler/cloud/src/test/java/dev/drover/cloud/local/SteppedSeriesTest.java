package dev.drover.cloud.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SteppedSeriesTest {
    private static final SeededSeries SEEDED = new SeededSeries(42, 1, 3, Duration.ofSeconds(10));

    @Test
    void seededSeriesStaysWithinItsBoundsAndRevertsToTheMiddle() {
        double sum = 0;
        double least = 3;
        double most = 1;
        int steps = 5_000;
        for (int i = 0; i < steps; i++) {
            double value = SEEDED.at(Duration.ofSeconds(10L * i));
            assertThat(value).isBetween(1.0, 3.0);
            sum += value;
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        assertThat(sum / steps).isCloseTo(2.0, within(0.2));
        assertThat(least).as("it does move").isLessThan(1.6);
        assertThat(most).as("it does move").isGreaterThan(2.4);
    }

    @Test
    void seededSeriesHoldsWithinAStepAndIsAFunctionOfSeedAndTimeOnly() {
        Duration late = Duration.ofSeconds(123_450);
        double value = SEEDED.at(late);
        assertThat(SEEDED.at(late.plusMillis(9_999))).isEqualTo(value);
        assertThat(SEEDED.at(late.plusSeconds(10))).isNotEqualTo(value);
        assertThat(new SeededSeries(42, 1, 3, Duration.ofSeconds(10)).at(late)).isEqualTo(value);
        assertThat(new SeededSeries(43, 1, 3, Duration.ofSeconds(10)).at(late)).isNotEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "4999, 4", "5000, 0", "9999, 0", "10000, 2", "14999, 2", "15000, 4", "25000, 2"})
    void traceHoldsEachValueForAStepAndBeginsAgain(long millis, double expected) {
        TraceSeries trace = new TraceSeries(Duration.ofSeconds(5), List.of(4.0, 0.0, 2.0));
        assertThat(trace.at(Duration.ofMillis(millis))).isEqualTo(expected);
    }

    @Test
    void traceFileIsReadAtItsSpeed(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("trace.json");
        Files.writeString(file, "{\"metadata\":{\"gap_seconds\":600,\"zone\":\"a\"},\"data\":[1,0,3]}");
        TraceSeries trace = TraceSeries.read(file, 60);
        assertThat(trace.step()).isEqualTo(Duration.ofSeconds(10));
        assertThat(trace.values()).containsExactly(1.0, 0.0, 3.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"data\":[1]} | metadata.gap_seconds",
                "{\"metadata\":{\"gap_seconds\":0},\"data\":[1]} | metadata.gap_seconds",
                "{\"metadata\":{\"gap_seconds\":1},\"data\":[1,-1]} | data[1]",
                "{\"metadata\":{\"gap_seconds\":1},\"data\":[]} | data"
            })
    void badTraceFileIsRefusedByField(String text, String field, @TempDir Path directory) throws Exception {
        Path file = directory.resolve("trace.json");
        Files.writeString(file, text);
        assertThatThrownBy(() -> TraceSeries.read(file, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(field);
    }
}
