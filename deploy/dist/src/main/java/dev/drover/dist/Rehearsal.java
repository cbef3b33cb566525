package dev.drover.dist;

import dev.drover.cloud.local.LocalCloudProcess;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.trial.Deadline;
import dev.drover.dist.trial.Trial;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * What the build lets a virtual machine live through once, so that every later one starts with what it learned: classes loaded and
 * linked, and which methods are hot (JEP 483, 514, 515). A scheduler that takes over must not begin by compiling.
 *
 * <p>A whole Drover on H2, with jobs that a real node runs and that fail. Argument: a directory for all
 * of it.
 */
final class Rehearsal {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int JOBS = 60;

    /** From the second on there is something to recover. */
    private static final int STARTS = 2;

    private Rehearsal() {}

    public static void main(String[] arguments) throws IOException, InterruptedException, TimeoutException {
        Path parent = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        Home home = Home.at(Files.createTempDirectory(parent, "home-"));
        int port = freePort();
        try {
            for (int start = 1; start <= STARTS; start++) {
                try (Controller _ = Controller.start(home, port, Optional.empty(), Optional.empty(), Optional.of(1L));
                        DemoApi api = DemoApi.open(home.client())) {
                    play(api, "start-" + start);
                }
            }
        } finally {
            Optional<LocalCloudProcess> cloud = LocalCloudProcess.find(home.cloud());
            if (cloud.isPresent()) {
                cloud.get().stop(Duration.ofSeconds(20));
            }
        }
    }

    private static void play(DemoApi api, String name) throws IOException, InterruptedException, TimeoutException {
        PoolSpec pool = Trial.spec("rehearsal", 0, 1, LeaseSpec.DEFAULT, false);
        api.putPool(pool);
        List<JobId> jobs = new ArrayList<>();
        for (int number = 0; number < JOBS; number++) {
            jobs.add(api.submit(job(pool), name + "-" + number));
        }
        Deadline deadline = Deadline.in(PATIENCE);
        for (JobId job : jobs) {
            while (!api.job(job).state().isFinal()) {
                deadline.pause(() -> "job " + job + ", which fails, does not end");
            }
        }
        api.telemetry(jobs.getLast());
        api.jobs(pool.name());
        api.nodes(pool.name());
    }

    /** Its program does not speak to the agent: no training, and no minutes. */
    private static String job(PoolSpec pool) {
        return """
            name: rehearsal
            pool: %s
            command: [/bin/false]
            resources: {accelerator: cpu, count: 1, memory: 512MiB}
            """.formatted(pool.name());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
