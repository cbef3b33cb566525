package dev.drover.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a job's processes printed. */
@Command(name = "logs", description = "Shows what a job's processes printed.", mixinStandardHelpOptions = true)
final class LogsCommand extends SubCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id")
    private String job = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Until the job is finished")
    private boolean follow;

    @Option(names = "--shard", description = "Only this shard")
    private @Nullable Integer shard;

    @Option(names = "--generation", description = "Only this generation")
    private @Nullable Integer generation;

    @Override
    int run() {
        String path = Paths.of("/v1/jobs", job, "logs")
                .with("shard", shard)
                .with("generation", generation)
                .with("follow", follow)
                .toString();
        return root().ask(api -> {
            if (follow) {
                // What can't be opened at all is no stream that broke.
                api.get(Paths.of("/v1/jobs", job).toString());
                Reopening.read(job, root().err(), new LogFollower(root(), api, path));
                return ExitCodes.OK;
            }
            Streaming.copy(api.open(path, Map.of()), root().out());
            return ExitCodes.OK;
        });
    }
}
