package dev.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the steps of a job. */
@Command(name = "telemetry", description = "Shows the steps of a job.", mixinStandardHelpOptions = true)
final class TelemetryCommand extends SubCommand {
    private static final int POINTS_FOR_PEOPLE = 20;

    @Parameters(paramLabel = "JOB", description = "The job's id")
    private String job = "";

    @Option(names = "--csv", description = "Every step, as CSV with the losses' exact bits")
    private boolean csv;

    @Option(names = "--follow", description = "Watch until the job is finished")
    private boolean follow;

    @Option(names = "--shard", description = "Only this shard")
    private @Nullable Integer shard;

    @Option(names = "--after", defaultValue = "0", description = "Only steps after this one")
    private int after;

    @Option(
            names = "--points",
            description = "Thin to so many per shard; 0 means all (default: 20, all with --csv or --json)")
    private @Nullable Integer points;

    @Option(names = "--superseded", description = "Steps that an eviction undid, too")
    private boolean superseded;

    @Override
    int run() {
        if (follow) {
            if (csv || superseded || after != 0 || shard != null || points != null) {
                throw new CliException(
                        ExitCodes.BAD_INPUT,
                        "--follow shows every shard as it goes: leave out --csv, --shard, --after, --points and"
                                + " --superseded, or --follow");
            }
            return root().ask(api -> {
                JsonNode found = api.get(Paths.of("/v1/jobs", job).toString());
                return new Follower(root(), api, found).follow();
            });
        }
        int thinned = csv || root().isJson() ? 0 : POINTS_FOR_PEOPLE;
        Paths path = Paths.of("/v1/jobs", job, "telemetry")
                .with("shard", shard)
                .with("afterStep", after)
                .with("points", points == null ? Integer.valueOf(thinned) : points)
                .with("superseded", superseded);
        if (!csv) {
            return root().show(api -> api.get(path.toString()), found -> Render.telemetry(found) + thinning(found));
        }
        return root().ask(api -> {
            Streaming.copy(api.open(path.with("format", "csv").toString(), Map.of()), root().out());
            return ExitCodes.OK;
        });
    }

    /** Says that there may be more, where there may. */
    private String thinning(JsonNode found) {
        return points != null || found.path("points").size() < POINTS_FOR_PEOPLE
                ? ""
                : "at most " + POINTS_FOR_PEOPLE + " steps of each shard; --csv or --points 0 shows every one\n";
    }
}
