package dev.drover.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Moves a node's shards elsewhere, then ends it. */
@Command(
        name = "drain",
        description = "Moves a node's shards elsewhere, then ends it.",
        mixinStandardHelpOptions = true)
final class DrainCommand extends SubCommand {
    @Parameters(paramLabel = "NODE", description = "The node's id")
    private String node = "";

    @Override
    int run() {
        return root().show(
                        api -> api.send(
                                "POST",
                                Paths.of("/v1/pools", poolOf(api, node), "nodes", node, "drain")
                                        .toString(),
                                ""),
                        answer -> "node " + node + " is draining; its shards move to other nodes first\n");
    }
}
