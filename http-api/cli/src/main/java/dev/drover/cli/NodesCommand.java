package dev.drover.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists the members of pools. */
@Command(name = "nodes", description = "Lists the members of pools.", mixinStandardHelpOptions = true)
final class NodesCommand extends SubCommand {
    @Parameters(paramLabel = "POOL", arity = "0..1", description = "One pool only; all by default")
    private @Nullable String pool;

    @Override
    int run() {
        return showEachPool(
                pool,
                "nodes",
                new Table("NODE", "POOL", "MEMBERSHIP", "MARKET", "PRICE", "RUNS", "SILENT FOR", "WHY"),
                Render::nodes);
    }
}
