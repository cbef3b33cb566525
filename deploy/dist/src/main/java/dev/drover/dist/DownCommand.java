package dev.drover.dist;

import dev.drover.cli.DroverCli;
import dev.drover.cloud.local.LocalCloudProcess;
import java.io.IOException;
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
        Optional<LocalCloudProcess> cloud = LocalCloudProcess.find(place.cloud());
        if (cloud.isEmpty()) {
            System.out.println("No local cloud runs in " + place.cloud() + ".");
            return 0;
        }
        boolean ended = cloud.get().stop(Duration.ofSeconds(20));
        System.out.println(
                ended
                        ? "The local cloud and its instances have ended."
                        : "The local cloud does not end: process " + cloud.get().pid());
        return ended ? 0 : 1;
    }
}
