package dev.drover.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartsTest {
    /** L is 92 h and a tick at the least: 93 ticks of an hour. */
    @ParameterizedTest
    @CsvSource({
        // ticks, deadline h, starts, where
        "93, 60, 1, 0",
        "93, 60, 3, 0 0 0",
        "103, 60, 3, 0 3 6",
        "103, 92, 3, 0 3 6",
        "103, 100, 3, 0 0 1",
    })
    void areSpreadEvenly(int ticks, int deadlineHours, int count, String expected) {
        assertThat(Starts.spread(count, hourly(ticks), Duration.ofHours(deadlineHours)))
                .extracting(String::valueOf)
                .containsExactly(expected.split(" ", -1));
    }

    @Test
    void tooShortTracesAreRefused() {
        assertThatThrownBy(() -> Starts.spread(2, hourly(92), Duration.ofHours(60)))
                .isInstanceOf(TraceException.class)
                .hasMessage(
                        "starts: 2 can't be spread over traces of 92 ticks; use traces of 93 or more, which is 92 h,"
                                + " or name the ticks to start at");
    }

    @Test
    void areThoseOfTheGoldenRows() throws IOException {
        Path directory = Traces.directory();
        MarketTraces traces = MarketTraces.read(
                directory.resolve("aws-2022-10-26"), List.of("us-west-2a_k80_1"), new SpotPrices.Flat(1), 1);
        List<Integer> golden = Files.readAllLines(directory.resolve("golden_single_zone.csv")).stream()
                .filter(line -> line.startsWith("aws-2022-10-26,us-west-2a_k80_1,") && line.contains(",48,52,0.2,"))
                .map(line -> Integer.valueOf(line.split(",", -1)[2]))
                .toList();
        assertThat(Starts.spread(golden.size(), traces, Duration.ofHours(52)))
                .hasSize(30)
                .isEqualTo(golden);
    }

    private static MarketTraces hourly(int ticks) {
        return new MarketTraces(
                List.of(MarketTraces.market("region-1a")),
                Duration.ofHours(1),
                new boolean[1][ticks],
                new double[1][ticks]);
    }
}
