package dev.drover.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Sets what a job may spend. */
@Command(
        name = "budget",
        description = "Sets what a job may spend; one that waits for money goes on from its checkpoint.",
        mixinStandardHelpOptions = true)
final class BudgetCommand extends SubCommand {
    private static final String NONE = "none";

    @Parameters(index = "0", paramLabel = "JOB", description = "The job's id")
    private String job = "";

    @Parameters(index = "1", paramLabel = "AMOUNT", description = "As '40 USD'; none lifts it")
    private String amount = "";

    @Override
    int run() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("budget", amount.equals(NONE) ? null : amount);
        return root().show(
                        api -> api.send("PATCH", Paths.of("/v1/jobs", job).toString(), body.toString()),
                        answer ->
                                "%s: %s%n".formatted(job, Render.cost(answer.path("cost"), answer.at("/spec/budget"))));
    }
}
