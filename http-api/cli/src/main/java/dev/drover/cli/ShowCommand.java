package dev.drover.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows a job, where its shards are, and why. */
@Command(name = "show", description = "Shows a job, where its shards are, and why.", mixinStandardHelpOptions = true)
final class ShowCommand extends SubCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id")
    private String job = "";

    @Override
    int run() {
        return root().show(api -> api.get(Paths.of("/v1/jobs", job).toString()), Render::job);
    }
}
