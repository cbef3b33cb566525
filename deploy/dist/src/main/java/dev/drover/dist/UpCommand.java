package dev.drover.dist;

import dev.drover.cli.DroverCli;
import dev.drover.cloud.local.LocalCloudProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code drover up}: a whole Drover on this machine, in the foreground until Ctrl-C. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description =
                "Run a whole Drover on this machine until Ctrl-C: scheduler, API and local cloud, on loopback only.")
final class UpCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable DroverCli cli;

    @Option(names = "--port", description = "Port of the API on 127.0.0.1 (default: the one used before, else 7070).")
    private int port;

    @Option(
            names = "--store",
            description = "Directory of checkpoints and logs (default: the one used before, else in the home).")
    private @Nullable Path store;

    @Option(
            names = "--catalog",
            description = "What the local cloud sells: zones, types, prices, capacity (YAML or JSON).")
    private @Nullable Path catalog;

    @Option(names = "--seed", description = "Seed of the local cloud's prices and capacity.")
    private @Nullable Long seed;

    @Option(names = "--keep-cloud", description = "At Ctrl-C leave the local cloud and its instances running.")
    private boolean keepCloud;

    @Override
    public Integer call() throws InterruptedException {
        Home place = Home.at(Objects.requireNonNull(cli).home());
        try (EndRequest end = EndRequest.expected()) {
            runUntil(end, place);
            // The controller first: it must not take the end of its instances for evictions.
            stopCloud(place);
            return 0;
        } catch (IOException e) {
            System.err.println("drover up: " + e.getMessage());
            return 2;
        }
    }

    private void runUntil(EndRequest end, Home place) throws IOException, InterruptedException {
        try (Controller controller = Controller.start(
                place, port, Optional.ofNullable(store), Optional.ofNullable(catalog), Optional.ofNullable(seed))) {
            announce(controller, place, Objects.requireNonNull(cli));
            end.await();
        }
    }

    private static void announce(Controller controller, Home home, DroverCli cli) {
        System.out.println("Drover is up at " + controller.url());
        System.out.println("  user token   " + controller.settings().userToken());
        System.out.println("  admin token  " + controller.settings().adminToken());
        System.out.println("  everything is in " + home.root());
        System.out.println("  try          " + cli.typed("queue"));
        System.out.println(
                "  Ctrl-C ends it, its cloud and its instances; jobs go on from their checkpoints at the next 'up'");
        System.out.flush();
    }

    private void stopCloud(Home place) {
        if (keepCloud) {
            return;
        }
        try {
            Optional<LocalCloudProcess> cloud = LocalCloudProcess.find(place.cloud());
            if (cloud.isPresent() && !cloud.get().stop(Duration.ofSeconds(20))) {
                System.err.println(
                        "drover up: the local cloud (process " + cloud.get().pid() + ") does not end");
            }
        } catch (IOException e) {
            System.err.println("drover up: can't end the local cloud: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
