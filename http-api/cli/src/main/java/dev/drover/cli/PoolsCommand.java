package dev.drover.cli;

import picocli.CommandLine.Command;

/** Lists pools. */
@Command(name = "pools", description = "Lists pools.", mixinStandardHelpOptions = true)
final class PoolsCommand extends SubCommand {
    @Override
    int run() {
        return root().show(api -> api.get("/v1/pools"), Render::pools);
    }
}
