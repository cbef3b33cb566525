package dev.drover.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists where pools can buy, and what they leave alone. */
@Command(
        name = "markets",
        description = "Lists where pools can buy, and what they leave alone.",
        mixinStandardHelpOptions = true)
final class MarketsCommand extends SubCommand {
    @Parameters(paramLabel = "POOL", arity = "0..1", description = "One pool only; all by default")
    private @Nullable String pool;

    @Override
    int run() {
        return showEachPool(
                pool,
                "markets",
                new Table("MARKET", "POOL", "PRICE", "HAS", "USED", "LEFT ALONE UNTIL", "LAST REFUSAL"),
                Render::markets);
    }
}
