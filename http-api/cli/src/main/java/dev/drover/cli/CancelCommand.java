package dev.drover.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Cancels a job. */
@Command(name = "cancel", description = "Cancels a job.", mixinStandardHelpOptions = true)
final class CancelCommand extends SubCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id")
    private String job = "";

    @Override
    int run() {
        return root().show(
                        api -> api.send("DELETE", Paths.of("/v1/jobs", job).toString(), ""),
                        answer -> "%s is %s%n".formatted(job, Render.text(answer, "/state")));
    }
}
