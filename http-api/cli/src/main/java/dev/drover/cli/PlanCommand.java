package dev.drover.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.job.DataFiles;
import dev.drover.protocol.job.JobSpecReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says what a job would cost. */
@Command(
        name = "plan",
        description = "Says what a job would cost and when it would be done, without submitting it.",
        mixinStandardHelpOptions = true)
final class PlanCommand extends SubCommand {
    @Parameters(paramLabel = "FILE", description = "The job, YAML or JSON; - for standard input")
    private String file = "";

    @Override
    int run() {
        ObjectNode spec = SpecFile.job(file);
        JobSpecReader.read(spec, DataFiles.unchecked());
        return root().show(
                        api -> api.send("POST", "/v1/plan", spec.toString()),
                        plan -> PlanText.of(plan, Render.text(spec, "/name")));
    }
}
