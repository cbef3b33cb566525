package dev.drover.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists jobs, the last submitted first. */
@Command(name = "queue", description = "Lists jobs, the last submitted first.", mixinStandardHelpOptions = true)
final class QueueCommand extends SubCommand {
    @Option(names = "--state", description = "Only jobs in this state, as running")
    private @Nullable String state;

    @Option(names = "--pool", description = "Only jobs of this pool")
    private @Nullable String pool;

    @Option(names = "--limit", defaultValue = "100", description = "At most so many (default: ${DEFAULT-VALUE})")
    private int limit;

    @Override
    int run() {
        String path = Paths.of("/v1/jobs")
                .with("limit", limit)
                .with("state", state)
                .with("pool", pool)
                .toString();
        return root().show(api -> api.get(path), Render::queue);
    }
}
