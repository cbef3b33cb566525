package dev.drover.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what pools spent, on what and for whom, and what it would have cost on demand. */
@Command(
        name = "cost",
        description = "Shows what pools spent, on what and for whom, and what it would have cost on demand.",
        mixinStandardHelpOptions = true)
final class CostCommand extends SubCommand {
    @Parameters(paramLabel = "POOL", arity = "0..1", description = "One pool only; all by default")
    private @Nullable String pool;

    @Override
    int run() {
        return showEachPool(pool, "cost", Render::costs);
    }
}
