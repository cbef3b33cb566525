package dev.drover.dist.simulate;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.drover.cli.DroverCli;
import dev.drover.cli.ExitCodes;
import dev.drover.protocol.json.DroverJson;
import dev.drover.simulation.trace.Contender;
import dev.drover.simulation.trace.TraceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code drover simulate}: what policies would have paid for a job on recorded markets, row by row. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Replay a job with a deadline against recorded spot markets, under the very policies of the live pool.",
            "Each combination of --zones, --deadline-hours, --changeover-hours, start and --policy is one row of CSV:",
            "  set,zones,start_tick,compute_h,deadline_h,changeover_h,policy,cost_usd,launches,missed,spot_h,on_demand_h",
            "set is the name of the trace directory, missed is 1 if the deadline was missed, else 0, and spot_h and"
                    + " on_demand_h are the hours paid for. docs/SIMULATION.md has more."
        },
        subcommands = WorldCommand.class)
public final class SimulateCommand implements Callable<Integer> {
    @Mixin
    private final SimulateOptions options = new SimulateOptions();

    @Option(
            names = "--out",
            paramLabel = "CSV",
            description =
                    "Where the rows go; the summary is printed then (default: rows on stdout, summary on stderr).")
    private @Nullable Path out;

    @Option(
            names = "--plot",
            paramLabel = "SVG",
            description = "Draw each job from its first start: its zones, what each policy bought when, and the costs.")
    private @Nullable Path plot;

    @ParentCommand
    private @Nullable DroverCli cli;

    @Spec
    private @Nullable CommandSpec spec;

    /** Whether answers are for programs. */
    boolean isJson() {
        return Objects.requireNonNull(cli).isJson();
    }

    @Override
    public Integer call() {
        try {
            List<Contender> policies = options.policies();
            List<Job> jobs = options.jobs();
            checkWritable("out", out);
            checkWritable("plot", plot);
            if (out != null && plot != null && isSame(out, plot)) {
                throw new TraceException("plot: '%s' is where --out goes; use another file".formatted(plot));
            }
            replay(policies, jobs);
            if (plot != null) {
                draw(plot, policies, jobs);
            }
            return ExitCodes.OK;
        } catch (TraceException e) {
            err().println("drover simulate: " + e.getMessage());
            return ExitCodes.BAD_INPUT;
        } catch (IOException e) {
            err().println("drover simulate: can't be written: " + e.getMessage());
            return ExitCodes.BAD_INPUT;
        }
    }

    private static void checkWritable(String option, @Nullable Path file) {
        if (file != null && !isWritable(file)) {
            throw new TraceException(
                    "%s: '%s' can't be written; use a file in a directory that there is".formatted(option, file));
        }
    }

    private static boolean isWritable(Path file) {
        if (Files.exists(file)) {
            return !Files.isDirectory(file) && Files.isWritable(file);
        }
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
    }

    private static boolean isSame(Path one, Path other) {
        return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }

    private void replay(List<Contender> policies, List<Job> jobs) throws IOException {
        boolean json = isJson();
        Summary summary = new Summary();
        try (PrintWriter file = new PrintWriter(out == null ? Writer.nullWriter() : Files.newBufferedWriter(out))) {
            PrintWriter csv = out == null && !json ? out() : file;
            csv.println(Row.header());
            for (int i = 0; i < jobs.size(); i++) {
                Job job = jobs.get(i);
                err().printf("%d of %d: %s%n", i + 1, jobs.size(), job.text());
                List<Row> rows = job.replay(policies);
                rows.forEach(row -> csv.println(row.csv()));
                if (json) {
                    rows.forEach(row -> out().println(asJson(row)));
                }
                summary.add(job, policies, rows);
            }
            csv.flush();
            if (csv.checkError()) {
                throw new IOException("the rows");
            }
        }
        PrintWriter people = out == null || json ? err() : out();
        people.print(summary);
        people.flush();
    }

    private void draw(Path file, List<Contender> policies, List<Job> jobs) throws IOException {
        List<Panel> panels = jobs.stream()
                .map(job -> Panel.of(job, job.starts().getFirst(), policies))
                .toList();
        Files.writeString(file, new Picture(panels).svg());
        err().println("drawn: " + file);
    }

    private static String asJson(Row row) {
        try {
            return DroverJson.mapper().writeValueAsString(row.json());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a row is no JSON", e);
        }
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    private PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }
}
