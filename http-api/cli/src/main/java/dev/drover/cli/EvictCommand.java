package dev.drover.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Drills an eviction: the node behaves as if its cloud took it. */
@Command(
        name = "evict",
        description = "Drills an eviction: the node behaves as if its cloud took it.",
        mixinStandardHelpOptions = true)
final class EvictCommand extends SubCommand {
    @Parameters(paramLabel = "NODE", description = "The node's id")
    private String node = "";

    @Option(names = "--notice", description = "Warning time, as 30s; without it the node is killed at once")
    private @Nullable String notice;

    @Override
    int run() {
        String body = notice == null
                ? ""
                : new ObjectNode(JsonNodeFactory.instance).put("notice", notice).toString();
        String how = notice == null ? "without notice" : "with " + notice + " of notice";
        return root().show(
                        api -> api.sendOnce(
                                "POST",
                                Paths.of("/v1/pools", poolOf(api, node), "nodes", node, "evict")
                                        .toString(),
                                body),
                        answer -> "node " + node + " is being evicted " + how + "\n");
    }
}
