package dev.drover.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Places and launches nothing new in a pool; what runs goes on. */
@Command(
        name = "pause",
        description = "Places and launches nothing new in a pool; what runs goes on.",
        mixinStandardHelpOptions = true)
final class PauseCommand extends SubCommand {
    @Parameters(paramLabel = "POOL", description = "The pool's name")
    private String pool = "";

    @Override
    int run() {
        return root().show(
                        api -> api.send(
                                "POST", Paths.of("/v1/pools", pool, "pause").toString(), ""),
                        answer -> "pool " + pool + " is paused; what runs goes on\n");
    }
}
