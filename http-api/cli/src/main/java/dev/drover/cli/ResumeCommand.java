package dev.drover.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Places and launches again in a pool. */
@Command(name = "resume", description = "Places and launches again in a pool.", mixinStandardHelpOptions = true)
final class ResumeCommand extends SubCommand {
    @Parameters(paramLabel = "POOL", description = "The pool's name")
    private String pool = "";

    @Override
    int run() {
        return root().show(
                        api -> api.send(
                                "POST", Paths.of("/v1/pools", pool, "resume").toString(), ""),
                        answer -> "pool " + pool + " is active\n");
    }
}
