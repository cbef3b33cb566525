package dev.drover.trainer;

import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ShardWire;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * The built-in training program: a process per shard, which an agent starts, tells what to do over the Unix socket named by
 * {@code DROVER_SOCKET}, and can start before it knows what for.
 *
 * <p>Environment: {@code DROVER_SOCKET} (required), {@code DROVER_TRAINER_THREADS} (compute threads, default 1: give the
 * assignment's), {@code DJL_CACHE_DIR} (where the native library is unpacked), {@code OMP_WAIT_POLICY=PASSIVE} on shared
 * machines. It uses no network.
 *
 * <p>Exit status: 0 when training is done or stopped or the agent is gone, 1 after {@code failed}, 2 when it can't reach an
 * agent. It ignores SIGTERM, SIGINT and SIGHUP: the agent decides, and a training whose agent is gone ends by itself at the
 * next step boundary.
 */
public final class TrainerMain {
    /**
     * JVM flags this program should run with. Native access is required. The rest was chosen by CPU time: the serial collector
     * and the first compiler alone take a quarter off the start and a tenth off a small model's step, for the work is torch's.
     */
    public static final List<String> JVM_FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms64m");

    private static final Duration LAST_WORDS = Duration.ofSeconds(5);
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_NO_AGENT = 2;

    private TrainerMain() {}

    /** Runs until training ended; never returns. */
    public static void main(String[] arguments) throws InterruptedException {
        IgnoredSignals.install();
        System.setProperty("logback.configurationFile", "dev/drover/trainer/logback.xml");
        AgentLink link;
        try {
            link = AgentLink.connect(socket());
        } catch (IOException | TrainingFailure e) {
            System.err.println("drover-trainer: " + e.getMessage());
            halt(EXIT_NO_AGENT);
            return;
        }
        int status = 0;
        try {
            TorchEngine engine = TorchEngine.load(threads());
            WarmUp.rehearseProtocol();
            link.send(new FromShard.Ready("drover-trainer", version()));
            new TrainerSession(link, engine, InstantSource.system(), System::nanoTime).run();
        } catch (TrainingFailure e) {
            link.send(new FromShard.Failed(e.reason(), stackTrace(e)));
            status = EXIT_FAILED;
        } catch (RuntimeException | Error e) {
            link.send(new FromShard.Failed("the training program broke: " + e, stackTrace(e)));
            status = EXIT_FAILED;
        }
        link.flush(LAST_WORDS);
        halt(status);
    }

    /** Ends without shutdown hooks or finalizers: torch's own clean-up can crash a process that is not quite idle. */
    private static void halt(int status) {
        Runtime.getRuntime().halt(status);
    }

    private static Path socket() {
        String path = System.getenv(ShardWire.SOCKET_VARIABLE);
        if (path == null || path.isBlank()) {
            throw new TrainingFailure(ShardWire.SOCKET_VARIABLE
                    + " is not set; this program is started by a Drover agent, which names its socket there");
        }
        return Path.of(path);
    }

    private static int threads() {
        String threads = System.getenv("DROVER_TRAINER_THREADS");
        if (threads == null || threads.isBlank()) {
            return 1;
        }
        if (!threads.matches("[1-9][0-9]{0,3}")) {
            throw new TrainingFailure(
                    "DROVER_TRAINER_THREADS: '" + threads + "' is not a number of threads, 1 to 9999");
        }
        return Integer.parseInt(threads);
    }

    private static String version() {
        String version = TrainerMain.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    private static String stackTrace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
