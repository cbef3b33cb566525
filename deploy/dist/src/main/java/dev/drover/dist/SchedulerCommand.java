package dev.drover.dist;

import dev.drover.cli.ExitCodes;
import dev.drover.protocol.spec.InvalidSpecException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover scheduler}: one scheduler of a shared cluster, in the foreground until Ctrl-C or SIGTERM. */
@Command(
        name = "scheduler",
        mixinStandardHelpOptions = true,
        description = "Run one scheduler of a shared cluster until Ctrl-C or SIGTERM; it hands its pools over first.")
final class SchedulerCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "Where it listens, whom it joins, its database, store and secrets (docs/OPERATIONS.md).")
    private Path config = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
        try (EndRequest end = EndRequest.expected()) {
            SchedulerSetup setup = SchedulerFile.read(config);
            try (SchedulerNode node = SchedulerNode.start(setup)) {
                System.out.println("The scheduler serves " + node.url());
                System.out.flush();
                var unused = node.ended().thenRun(end::ask);
                end.await();
                if (node.hasEnded()) {
                    System.err.println("drover scheduler: the other schedulers go on without this one; start it again");
                    return ExitCodes.UNREACHABLE;
                }
            }
            return ExitCodes.OK;
        } catch (InvalidSpecException e) {
            e.problems().forEach(problem -> System.err.println(config + ": " + problem.message()));
            return ExitCodes.BAD_INPUT;
        } catch (NoSuchFileException e) {
            System.err.println("drover scheduler: --config " + config + ": there is no such file");
            return ExitCodes.BAD_INPUT;
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            System.err.println("drover scheduler: " + e.getMessage());
            return ExitCodes.BAD_INPUT;
        }
    }
}
