package dev.drover.cloud.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local cloud's program: {@code --dir DIR --image FILE [--catalog FILE] [--seed N] [--bind ADDRESS]}.
 *
 * <p>It runs until SIGTERM, SIGINT or {@code DELETE /cloud}, and then ends its instances first. Killed, it leaves them to the
 * next one on the same directory.
 */
public final class LocalCloudMain {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCloudMain.class);
    private static final List<String> OPTIONS = List.of("--dir", "--image", "--catalog", "--seed", "--bind");

    /** Of the fields after the name in /proc/PID/stat. */
    private static final int SESSION = 3;

    private static final Path AUTOGROUP = Path.of("/proc/self/autogroup");
    private static final String LESS_IMPORTANT = "5";

    private LocalCloudMain() {}

    public static void main(String[] args) throws InterruptedException {
        try {
            run(settings(args));
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("local cloud: " + e.getMessage());
            System.exit(2);
        }
        System.exit(0);
    }

    /**
     * Instances are machines of their own, which here share the schedulers' processors: where the kernel gives each session its share of them
     * (autogroup), this one asks for a third of what others get. Else nothing happens.
     */
    private static void yieldToSchedulers() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String session = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[SESSION];
            if (session.equals("" + ProcessHandle.current().pid())) {
                Files.writeString(AUTOGROUP, LESS_IMPORTANT);
            }
        } catch (IOException e) {
            LOG.debug("no autogroup here", e);
        }
    }

    private static void run(LocalCloudSettings settings) throws IOException, InterruptedException {
        yieldToSchedulers();
        CountDownLatch stop = new CountDownLatch(1);
        LocalCloud cloud = LocalCloud.open(settings, InstantSource.system());
        LocalCloudServer server = LocalCloudServer.start(cloud, settings.directory(), settings.bind(), stop::countDown);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cloud, server), "local-cloud-end"));
        stop.await();
    }

    private static void end(LocalCloud cloud, LocalCloudServer server) {
        try (cloud;
                server) {
            cloud.endAll();
        } catch (IOException | RuntimeException e) {
            LOG.error("the local cloud did not end cleanly", e);
        }
    }

    static LocalCloudSettings settings(String[] args) throws IOException {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!OPTIONS.contains(args[i]) || i + 1 == args.length || given.put(args[i], args[i + 1]) != null) {
                throw new IllegalArgumentException(
                        "option '" + args[i] + "' is not known, has no value or is repeated; use "
                                + "--dir DIR --image FILE [--catalog FILE] [--seed N] [--bind ADDRESS]");
            }
        }
        Path directory = Path.of(required(given, "--dir"));
        Image image = Image.read(Path.of(required(given, "--image")));
        String catalog = given.get("--catalog");
        return new LocalCloudSettings(
                directory,
                seed(given),
                catalog == null ? Catalog.standard() : CatalogFile.read(Path.of(catalog)),
                catalog == null ? directory : Path.of(catalog).toAbsolutePath().resolveSibling(""),
                image,
                given.getOrDefault("--bind", LocalCloudSettings.LOOPBACK));
    }

    private static String required(Map<String, String> given, String option) {
        String value = given.get(option);
        if (value == null) {
            throw new IllegalArgumentException("option " + option + " is missing");
        }
        return value;
    }

    private static OptionalLong seed(Map<String, String> given) {
        String seed = given.get("--seed");
        try {
            return seed == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(seed));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--seed: '" + seed + "' is not allowed; use a whole number", e);
        }
    }
}
