package dev.drover.dist.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.cli.DroverCli;
import dev.drover.protocol.json.DroverJson;
import dev.drover.simulation.trace.Contender;
import dev.drover.simulation.trace.JobTerms;
import dev.drover.simulation.trace.MarketTraces;
import dev.drover.simulation.trace.Outcome;
import dev.drover.simulation.trace.SpotPrices;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;
import picocli.CommandLine;

final class SimulateCommandTest {
    private static final String HEADER =
            "set,zones,start_tick,compute_h,deadline_h,changeover_h,policy,cost_usd,launches,missed,spot_h,on_demand_h";

    /** 120 half hours: in a, 8 open and 4 closed by turns; in b the other way round, 4 of 4 or 1 of 4. */
    private static final int TICKS = 240;

    @TempDir
    private Path directory = Path.of("");

    private Path traces = Path.of("");

    private record Ran(int code, String out, String err) {}

    @BeforeEach
    void writeTraces() throws IOException {
        traces = Files.createDirectory(directory.resolve("two-zones"));
        List<String> a = new ArrayList<>();
        List<String> b = new ArrayList<>();
        for (int tick = 0; tick < TICKS; tick++) {
            a.add(tick % 12 < 8 ? "1" : "0");
            b.add(tick % 12 < 8 ? "1" : "4");
        }
        write("east-1a_gpu", a);
        write("west-1b_gpu", b);
        Files.writeString(traces.resolve("prices.csv"), """
            zone,tick,usd_per_hour
            east-1a_gpu,0,1.0
            east-1a_gpu,20,1.5
            west-1b_gpu,0,1.2
            """);
    }

    private void write(String zone, List<String> counts) throws IOException {
        Files.writeString(
                traces.resolve(zone + ".json"),
                "{\"metadata\":{\"gap_seconds\":1800},\"data\":[" + String.join(",", counts) + "]}");
    }

    private Ran simulate(String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("simulate"));
        all.addAll(List.of(options));
        if (all.stream().noneMatch(option -> option.startsWith("--trace-dir"))) {
            all.add("--trace-dir=" + traces);
        }
        int code = DroverCli.commandLine(new CommandLine(new SimulateCommand()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Ran(code, out.toString(), err.toString());
    }

    @Test
    void everyCombinationIsARowInOrder() {
        Ran ran = simulate(
                "--zones=east-1a_gpu,east-1a_gpu+west-1b_gpu",
                "--policy=greedy,uniform-progress,adaptive,optimum",
                "--prices=" + traces.resolve("prices.csv"),
                "--on-demand=3",
                "--compute-hours=20",
                "--deadline-hours=24,30.0",
                "--changeover-hours=0.25",
                "--starts=2",
                "--min-count=1");
        assertThat(ran.code()).as(ran.err()).isZero();
        List<String> expected = new ArrayList<>(List.of(HEADER));
        for (String zones : List.of("east-1a_gpu", "east-1a_gpu+west-1b_gpu")) {
            MarketTraces markets = MarketTraces.read(
                    traces,
                    List.of(zones.split("\\+", -1)),
                    SpotPrices.parse(traces.resolve("prices.csv").toString()),
                    1);
            for (int deadline : List.of(24, 30)) {
                JobTerms terms =
                        new JobTerms(Duration.ofHours(20), Duration.ofHours(deadline), Duration.ofMinutes(15), 3);
                for (int start : List.of(0, 27)) {
                    for (Contender policy : Contender.values()) {
                        Outcome outcome = policy.outcome(markets, terms, start);
                        expected.add("two-zones,%s,%d,20,%d,0.25,%s,%s"
                                .formatted(zones, start, deadline, policy.text(), figures(outcome)));
                    }
                }
            }
        }
        assertThat(ran.out().lines()).containsExactlyElementsOf(expected);
        assertThat(ran.err()).contains("4 of 4: east-1a_gpu+west-1b_gpu: 20 h of work in 30 h, changeover 0.25 h");
    }

    private static String figures(Outcome outcome) {
        return String.format(
                Locale.ROOT,
                "%.4f,%d,0,%.4f,%.4f",
                outcome.cost(),
                outcome.launches(),
                outcome.spotHours(),
                outcome.onDemandHours());
    }

    @Test
    void rowsAreAsTheyAreDocumented() {
        Ran ran = simulate(
                "--zones=east-1a_gpu",
                "--policy=greedy",
                "--prices=flat:1",
                "--compute-hours=6",
                "--deadline-hours=20",
                "--changeover-hours=0.5",
                "--start-ticks=0,7");
        // From tick 0: 8 ticks of spot, 3.5 h of work; 4 closed; 6 ticks more. From tick 7: one tick for nothing first.
        assertThat(ran.out().lines())
                .containsExactly(
                        HEADER,
                        "two-zones,east-1a_gpu,0,6,20,0.5,greedy,7.0000,2,0,7.0000,0.0000",
                        "two-zones,east-1a_gpu,7,6,20,0.5,greedy,7.5000,3,0,7.5000,0.0000");
    }

    @Test
    void aGangIsOpenOnlyWhereAllOfItFits() {
        String[] options = {"--zones=west-1b_gpu", "--policy=greedy", "--compute-hours=1", "--deadline-hours=12"};
        assertThat(simulate(options).out()).contains(",1,0,1.5000,0.0000");
        Ran gang = simulate(
                "--zones=west-1b_gpu",
                "--policy=greedy",
                "--compute-hours=1",
                "--deadline-hours=12",
                "--min-count=4",
                "--start-ticks=8,9,10,11,0");
        assertThat(gang.out().lines().skip(1).map(row -> row.split(",", -1)[8]))
                .containsExactly("1", "1", "2", "2", "1");
    }

    @Test
    void withAFileTheSummaryIsPrinted() throws IOException {
        Path csv = directory.resolve("rows.csv");
        Ran ran = simulate("--policy=greedy,optimum", "--starts=3", "--compute-hours=20", "--out=" + csv);
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(Files.readAllLines(csv)).hasSize(1 + 2 * 3 * 2).startsWith(HEADER);
        assertThat(ran.out().lines())
                .hasSize(1 + 2 * 2)
                .first()
                .asString()
                .matches("ZONES +DEADLINE +CHANGEOVER +POLICY .*");
        assertThat(ran.out())
                .containsPattern("(?m)^east-1a_gpu +60 h +0\\.2 h +optimum +\\d+\\.\\d\\d USD .* 1\\.000 .* 0 of 3$");
    }

    @Test
    void jsonIsALinePerRow() throws IOException {
        Ran ran = simulate("--json", "--zones=east-1a_gpu", "--starts=2", "--compute-hours=20");
        List<String> lines = ran.out().lines().toList();
        assertThat(lines).hasSize(2);
        JsonNode row = DroverJson.mapper().readTree(lines.getLast());
        assertThat(String.join(
                        ",",
                        row.properties().stream().map(entry -> entry.getKey()).toList()))
                .isEqualTo(HEADER);
        assertThat(row.path("start_tick").asInt()).isEqualTo(27);
        assertThat(row.path("missed").asInt(-1)).isZero();
        assertThat(ran.err()).contains("MEAN COST");
    }

    @Test
    void thePictureIsWellFormedAndHasTheOptimum() throws IOException, ParserConfigurationException, SAXException {
        Path svg = directory.resolve("picture.svg");
        Ran ran = simulate(
                "--zones=east-1a_gpu+west-1b_gpu,west-1b_gpu",
                "--policy=greedy,adaptive",
                "--compute-hours=20",
                "--plot=" + svg);
        assertThat(ran.code()).as(ran.err()).isZero();
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        Document picture = factory.newDocumentBuilder().parse(svg.toFile());
        assertThat(picture.getDocumentElement().getLocalName()).isEqualTo("svg");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < picture.getElementsByTagName("text").getLength(); i++) {
            texts.add(picture.getElementsByTagName("text").item(i).getTextContent());
        }
        assertThat(texts)
                .contains(
                        "two-zones", "east-1a gpu", "west-1b gpu", "greedy", "adaptive", "optimum", "deadline", "60 h");
        assertThat(texts).filteredOn("optimum"::equals).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --zones=nowhere                            | zones: 'nowhere' has no trace; .*nowhere\\.json is missing
        --zones=east-1a_gpu+east-1a_gpu            | zones: 'east-1a_gpu,east-1a_gpu' names one twice; use each once
        --prices=12                                | prices: '12' is no file; use flat:PRICE, .*
        --prices=flat:x                            | prices: 'x' is not allowed; use a number of 0 or more
        --on-demand=0                              | on-demand: '0' is not allowed; use a price per hour from .*
        --policy=best                              | policy: 'best' is not allowed; use one of greedy, uniform-progress, adaptive, optimum
        --compute-hours=x                          | compute-hours: 'x' is not allowed; use hours from 0\\.01 to 10000
        --deadline-hours=60,-1                     | deadline-hours: '-1' is not allowed; use hours from 0\\.01 to 10000
        --deadline-hours=60,60                     | deadline-hours: '60,60' names one twice; use each once
        --deadline-hours=48                        | deadline-hours: 48 is not feasible; on demand, 48 h of work and a changeover of 0\\.2 h take 48\\.5 h, in whole ticks of 1800 s: use that or more
        --deadline-hours=121                       | starts: 1 can't be spread over traces of 240 ticks; .*
        --changeover-hours=NaN                     | changeover-hours: 'NaN' is not allowed; use hours from 0 to 10000
        --starts=0                                 | starts: '0' is not allowed; use a whole number from 1 to 100000
        --starts=1.5                               | starts: '1\\.5' is not allowed; use a whole number from 1 to 100000
        --start-ticks=121                          | start-ticks: 121 is too late for a deadline of 60 h; east-1a_gpu has 240 ticks: use 0 to 120
        --start-ticks=-1                           | start-ticks: '-1' is not allowed; use a whole number from 0 to 239
        --start-ticks=1 --starts=1                 | starts: '1' can't be used with --start-ticks; use one of them
        --min-count=0                              | min-count: '0' is not allowed; use a whole number from 1 to .*
        --trace-dir=/nowhere                       | trace-dir: /nowhere is no directory; use one with a ZONE\\.json per zone
        --out=/nowhere/rows.csv                    | out: '/nowhere/rows\\.csv' can't be written; use a file in a directory that there is
        --plot=/nowhere/job.svg                    | plot: '/nowhere/job\\.svg' can't be written; use a file in a directory that there is
        --plot=/                                   | plot: '/' can't be written; use a file in a directory that there is
        --out=/tmp/same --plot=/tmp/../tmp/same    | plot: '/tmp/../tmp/same' is where --out goes; use another file
        """)
    void whatIsNotAllowedIsSaid(String options, String message) {
        Ran ran = simulate(options.split(" ", -1));
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().strip()).matches("drover simulate: " + message);
    }
}
