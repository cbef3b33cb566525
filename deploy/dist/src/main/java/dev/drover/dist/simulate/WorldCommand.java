package dev.drover.dist.simulate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.cli.ExitCodes;
import dev.drover.protocol.json.DroverJson;
import dev.drover.simulation.world.Seeds;
import dev.drover.simulation.world.WorldOptions.Kind;
import dev.drover.simulation.world.WorldReport;
import dev.drover.simulation.world.WorldTotals;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code drover simulate world}: lives through whole pools in virtual time, and holds every promise against them. */
@Command(
        name = "world",
        mixinStandardHelpOptions = true,
        description = {
            "Live through simulated worlds, a seed each: a whole pool in virtual time, with a cloud, agents, a network and a"
                    + " store that go wrong, operators, and a controller that crashes, around the code that decides in"
                    + " production.",
            "Every promise is held against each. A broken one is printed with its seed, the decisions before it and"
                    + " their reasons, and the command that shows it again; then it ends with 1. docs/SIMULATION.md has more."
        })
final class WorldCommand implements Callable<Integer> {
    private static final int TELL_EVERY = 100;

    @Option(
            names = {"--seed", "--seeds"},
            defaultValue = "1..10",
            paramLabel = "N|A..B",
            description = "One world, or one for each of a range (default: ${DEFAULT-VALUE}).")
    private String seeds = "";

    @Option(
            names = "--kind",
            defaultValue = "wild",
            description =
                    "${COMPLETION-CANDIDATES}: a small pool to which everything happens, often; or a large one over"
                            + " days, to which happens what does on a cloud (default: ${DEFAULT-VALUE}).")
    private Kind kind = Kind.WILD;

    @ParentCommand
    private @Nullable SimulateCommand simulate;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Seeds asked;
        try {
            asked = Seeds.parse(seeds);
        } catch (IllegalArgumentException e) {
            err().println("drover simulate world: " + e.getMessage());
            return ExitCodes.BAD_INPUT;
        }
        boolean json = Objects.requireNonNull(simulate).isJson();
        WorldTotals totals = WorldTotals.of(kind, asked, report -> {
            tell(report, json, asked);
            if (report.options().seed() % TELL_EVERY == 0) {
                err().println("seed " + report.options().seed());
            }
        });
        if (!json) {
            out().print(summary(totals));
        }
        out().flush();
        return totals.hold() ? ExitCodes.OK : ExitCodes.PROMISE_BROKEN;
    }

    /** A line of JSON for each; for people each that broke a promise, and one that is asked for alone. */
    private void tell(WorldReport report, boolean json, Seeds asked) {
        if (json) {
            out().println(json(report));
        } else if (!report.holds() || asked.first() == asked.last()) {
            out().println(report.describe());
        }
        out().flush();
    }

    private static String summary(WorldTotals totals) {
        return """
                happened: %s
                events: %s
                %d worlds in %d h of their time: %.0f node-hours, %d decisions; a promise was broken in %d%s
                """.formatted(
                        list(totals.happened()),
                        list(totals.events()),
                        totals.worlds(),
                        totals.virtual().toHours(),
                        totals.nodeHours(),
                        totals.decisions(),
                        totals.broken().size(),
                        totals.hold() ? "" : ": " + totals.broken());
    }

    private static String list(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static ObjectNode json(WorldReport report) {
        ObjectNode json = DroverJson.mapper()
                .createObjectNode()
                .put("seed", report.options().seed())
                .put("kind", report.options().kind().name().toLowerCase(Locale.ROOT))
                .put("virtual", report.virtual().toString())
                .put("nodeHours", report.nodeHours())
                .put("decisions", report.decisions())
                .put("broken", report.broken())
                .put("command", report.options().command());
        ArrayNode findings = json.putArray("findings");
        report.findings()
                .forEach(finding -> findings.addObject()
                        .put("promise", finding.promise())
                        .put("at", finding.at().toString())
                        .put("what", finding.what()));
        report.happened().forEach(json.putObject("happened")::put);
        report.events().forEach(json.putObject("events")::put);
        report.story().forEach(json.putArray("story")::add);
        return json;
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    private PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }
}
