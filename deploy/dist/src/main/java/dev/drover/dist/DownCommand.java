package dev.drover.dist;

import dev.drover.cli.DroverCli;
import dev.drover.cli.ExitCodes;
import dev.drover.cloud.local.LocalCloudProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code drover down}: ends the local cloud and its instances, for when the controller was killed and left them. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = "End the local cloud and its instances, after a controller that was killed.")
final class DownCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable DroverCli cli;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Home place = Home.at(Objects.requireNonNull(cli).home());
        if (!Files.isDirectory(place.root())) {
            System.err.println("drover: there is no Drover in " + place.root() + "; say which with --home.");
            return ExitCodes.BAD_INPUT;
        }
        Optional<ControllerLock> lock = ControllerLock.take(place);
        if (lock.isEmpty()) {
            System.err.println(
                    "drover: a controller runs on " + place.root()
                            + ", and its jobs need the cloud: end it first, with Ctrl-C or SIGTERM, and its cloud ends with it.");
            return ExitCodes.BAD_INPUT;
        }
        try (ControllerLock held = lock.get()) {
            return end(held.home());
        }
    }

    private static int end(Home place) throws IOException, InterruptedException {
        Optional<LocalCloudProcess> cloud = LocalCloudProcess.find(place.cloud());
        if (cloud.isEmpty()) {
            System.out.println("No local cloud runs in " + place.cloud() + ".");
            return ExitCodes.OK;
        }
        boolean ended = cloud.get().stop(Duration.ofSeconds(20));
        System.out.println(
                ended
                        ? "The local cloud and its instances have ended."
                        : "The local cloud does not end: process " + cloud.get().pid());
        return ended ? ExitCodes.OK : ExitCodes.UNREACHABLE;
    }
}
