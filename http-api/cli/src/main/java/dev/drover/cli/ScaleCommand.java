package dev.drover.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets how many nodes a pool keeps, and has at most. */
@Command(
        name = "scale",
        description = "Sets how many nodes a pool keeps, and has at most.",
        mixinStandardHelpOptions = true)
final class ScaleCommand extends SubCommand {
    @Parameters(paramLabel = "POOL", description = "The pool's name")
    private String pool = "";

    @Option(names = "--min", required = true, description = "Nodes kept even with no work")
    private int min;

    @Option(names = "--max", required = true, description = "Nodes at most")
    private int max;

    @Override
    int run() {
        String body = "{\"minNodes\": %d, \"maxNodes\": %d}".formatted(min, max);
        return root().show(
                        api -> api.send(
                                "POST", Paths.of("/v1/pools", pool, "scale").toString(), body),
                        answer -> "pool %s keeps %d to %d nodes%n".formatted(pool, min, max));
    }
}
