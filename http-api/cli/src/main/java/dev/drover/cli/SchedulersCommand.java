package dev.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Lists the schedulers of the cluster. */
@Command(
        name = "schedulers",
        description = "Lists the schedulers of the cluster: which pools each looks after, and how many agents it has.",
        mixinStandardHelpOptions = true)
final class SchedulersCommand extends SubCommand {
    @Override
    int run() {
        return root().show(api -> api.get("/v1/schedulers"), SchedulersCommand::text);
    }

    private static String text(JsonNode answer) {
        Table table = new Table("SCHEDULER", "STATE", "AGENTS", "HEARD AT", "POOLS");
        for (JsonNode scheduler : answer.path("schedulers")) {
            String asked = scheduler.path("asked").asBoolean() ? " (answers)" : "";
            table.row(
                    Render.text(scheduler, "/address"),
                    Render.text(scheduler, "/state") + asked,
                    Render.text(scheduler, "/agents"),
                    Render.text(scheduler, "/heardAt"),
                    scheduler.path("pools").valueStream().map(JsonNode::asText).collect(Collectors.joining(", ")));
        }
        return table.toString();
    }
}
