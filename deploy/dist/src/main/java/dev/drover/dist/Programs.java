package dev.drover.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The command lines of Drover's own programs, as this distribution runs them. */
public final class Programs {
    /** JVM flags of a controller on a small machine. */
    public static final List<String> CONTROLLER_FLAGS = List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /** JVM flags of a scheduler that many share. */
    public static final List<String> SCHEDULER_FLAGS = List.of(
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final List<String> AGENT_FLAGS = List.of(
            "-Dlogback.configurationFile=dev/drover/agent/logback.xml",
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /** What {@code TrainerMain} asks for; it is on another class path, so the list stands here again. */
    private static final List<String> TRAINER_FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms64m",
            "-Dai.djl.offline=true");

    private Programs() {}

    /** A program with a main class on the distribution's class path, whoever asks. */
    public static List<String> ours(List<String> flags, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(flags);
        command.addAll(learned());
        command.add("-Ddrover.dist=" + dist());
        command.add("-Ddrover.root=" + root());
        command.add("-cp");
        command.add(dist().resolve("lib") + "/*");
        command.add(main.getName());
        command.addAll(Arrays.asList(arguments));
        return List.copyOf(command);
    }

    /**
     * What the virtual machine keeps of {@link Rehearsal}: starts take about half of the processor time with it. Without the file, or with
     * one of another build, it starts as ever. Its words go to stderr, for stdout is the program's.
     */
    private static List<String> learned() {
        return List.of(
                "-XX:AOTCache=" + dist().resolve("drover.aot"),
                "-Xlog:disable",
                "-Xlog:all=warning,aot=off,cds=off:stderr");
    }

    /** Writes how agents and trainers are started; both files are read anew by each start. */
    static void describe(Home home) throws IOException {
        Path trainer = dist().resolve("trainer");
        if (!Files.isDirectory(trainer)) {
            throw new IOException(
                    "no training program in " + trainer + "; build Drover first (mvn -DskipTests package)");
        }
        // On a machine that is also a scheduler's, training leaves it the processor when it needs it.
        List<String> train = new ArrayList<>(List.of("nice", "-n", "10"));
        train.add(java());
        train.addAll(TRAINER_FLAGS);
        train.addAll(List.of("-cp", trainer + "/*", "dev.drover.trainer.TrainerMain"));
        Settings.writePrivately(
                home.trainer(),
                Map.of(
                        "command",
                        train,
                        "environment",
                        Map.of("DJL_CACHE_DIR", home.nativeCache().toString())));
        Settings.writePrivately(
                home.image(),
                Map.of(
                        "command",
                        ours(AGENT_FLAGS, dev.drover.agent.AgentMain.class),
                        "environment",
                        Map.of("DROVER_TRAINER", home.trainer().toString())));
    }

    /**
     * Writes them for the instances of a local cloud that is started by somebody else than a scheduler.
     *
     * @return how they start an agent
     */
    public static Path describe(Path root) throws IOException {
        Home home = Home.at(Files.createDirectories(root));
        describe(home);
        return home.image();
    }

    static Path dist() {
        return Path.of(System.getProperty(
                "drover.dist", root().resolve("deploy/dist/target/drover").toString()));
    }

    /** The checkout. */
    public static Path root() {
        return Path.of(System.getProperty("drover.root", ".")).toAbsolutePath().normalize();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
