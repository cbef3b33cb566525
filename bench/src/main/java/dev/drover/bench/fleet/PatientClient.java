package dev.drover.bench.fleet;

import dev.drover.bench.SubmitClient;
import dev.drover.dist.trial.ClusterTrial;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A client that asks again with the same key, at the next scheduler, when it gets a 503 or no answer: as clients are told to. */
final class PatientClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int RETRYABLE = 503;

    private final ClusterTrial cluster;
    private Optional<SubmitClient> connection = Optional.empty();
    private int scheduler;

    PatientClient(ClusterTrial cluster, int scheduler) {
        this.cluster = cluster;
        this.scheduler = scheduler;
    }

    /**
     * Returns when the job was accepted.
     *
     * @throws IOException when it was refused, or nobody accepted it for minutes
     */
    void submit(String body, String key) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int status = tried(body, key); status != 200 && status != 201; status = tried(body, key)) {
            if (status != RETRYABLE || System.nanoTime() > end) {
                throw new IOException("job " + key + " was answered with " + status);
            }
            scheduler++;
            close();
            Thread.sleep(PAUSE);
        }
    }

    private int tried(String body, String key) {
        try {
            if (connection.isEmpty()) {
                int port = cluster.scheduler(scheduler % cluster.size()).port();
                connection = Optional.of(new SubmitClient(port, ClusterTrial.USER));
            }
            return connection.get().submit("/v1/jobs", body, key);
        } catch (IOException e) {
            return RETRYABLE;
        }
    }

    @Override
    public void close() throws IOException {
        if (connection.isPresent()) {
            connection.get().close();
            connection = Optional.empty();
        }
    }
}
