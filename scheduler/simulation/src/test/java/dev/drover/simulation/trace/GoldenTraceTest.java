package dev.drover.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.policy.GreedyPolicy;
import dev.drover.planning.policy.UniformProgressPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real markets, with results that others computed: greedy, Uniform Progress and the best plan in hindsight, row by row. */
class GoldenTraceTest {
    private static final double ON_DEMAND = 3.06;

    private record Row(String text, MarketTraces traces, int start, JobTerms terms, List<String> columns) {
        void check(String what, Outcome outcome, int costColumn, List<String> wrong) {
            double golden = Double.parseDouble(columns.get(costColumn));
            if (!(Math.abs(outcome.cost() - golden) <= 1e-3 + 1e-4 * golden) || outcome.missed()) {
                wrong.add(what + " " + outcome + " for " + text);
            }
        }

        void checkLaunches(String what, Outcome outcome, int column, List<String> wrong) {
            if (outcome.launches() != Integer.parseInt(columns.get(column))) {
                wrong.add(what + " launches " + outcome.launches() + " for " + text);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"golden_single_zone.csv, 3096", "golden_multi_zone.csv, 224"})
    void everyRowIsReproduced(String file, int rows) throws IOException {
        Path directory = Traces.directory();
        Map<String, MarketTraces> known = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        List<String> lines = Files.readAllLines(directory.resolve(file));
        assertThat(lines).hasSize(rows + 1);
        for (String line : lines.subList(1, lines.size())) {
            Row row = row(directory, line, known);
            Outcome greedy = Replay.run(row.traces(), row.terms(), row.start(), new GreedyPolicy());
            Outcome uniform = Replay.run(row.traces(), row.terms(), row.start(), new UniformProgressPolicy());
            row.check("greedy", greedy, 7, wrong);
            row.checkLaunches("greedy", greedy, 8, wrong);
            row.check("uniform-progress", uniform, 9, wrong);
            row.checkLaunches("uniform-progress", uniform, 10, wrong);
            row.check("optimum", Optimum.of(row.traces(), row.terms(), row.start()), 11, wrong);
        }
        assertThat(wrong).isEmpty();
    }

    private static Row row(Path directory, String line, Map<String, MarketTraces> known) {
        String[] columns = line.split(",", -1);
        Path set = directory.resolve(columns[0]);
        SpotPrices prices = SpotPrices.parse(
                columns[6].startsWith("flat")
                        ? "flat:" + columns[6].substring("flat".length())
                        : set.resolve("spot_prices_changepoints.csv").toString());
        MarketTraces traces = known.computeIfAbsent(
                columns[0] + columns[1] + columns[6],
                key -> MarketTraces.read(set, List.of(columns[1].split("\\+", -1)), prices, 1));
        JobTerms terms = new JobTerms(hours(columns[3]), hours(columns[4]), hours(columns[5]), ON_DEMAND);
        return new Row(line, traces, Integer.parseInt(columns[2]), terms, List.of(columns));
    }

    private static Duration hours(String text) {
        return Duration.ofSeconds(Math.round(Double.parseDouble(text) * 3600));
    }
}
