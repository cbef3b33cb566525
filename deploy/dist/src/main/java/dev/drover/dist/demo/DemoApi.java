package dev.drover.dist.demo;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.PoolView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the demo asks of the API it demonstrates. While the controller is away, an asking fails with an {@link IOException}. */
public final class DemoApi implements AutoCloseable {
    /** The API waits some seconds for the last steps, each time it is asked. */
    private static final int HISTORY_LOOKS = 6;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final String url;
    private final String token;

    private DemoApi(String url, String token) {
        this.url = url;
        this.token = token;
    }

    /** Reads address and token from what {@code up} wrote. */
    public static DemoApi open(Path clientFile) throws IOException {
        JsonNode known = DroverJson.mapper().readTree(Files.readString(clientFile));
        return new DemoApi(known.path("url").asText(), known.path("adminToken").asText());
    }

    /** Of a scheduler whose address and token are known. */
    public static DemoApi at(String url, String token) {
        return new DemoApi(url, token);
    }

    public boolean isReady() throws InterruptedException {
        try {
            HttpRequest request = request("/readyz").GET().build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    public void putPool(PoolSpec spec) throws IOException, InterruptedException {
        String body = DroverJson.mapper().writeValueAsString(spec);
        send(request("/v1/pools/" + spec.name())
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** Nothing new is placed or launched in it from here on. */
    public void pause(PoolName pool) throws IOException, InterruptedException {
        post("/v1/pools/" + pool + "/pause");
    }

    public void resume(PoolName pool) throws IOException, InterruptedException {
        post("/v1/pools/" + pool + "/resume");
    }

    private void post(String path) throws IOException, InterruptedException {
        send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    public JobId submit(String yaml, String key) throws IOException, InterruptedException {
        return jobId(send(submission(yaml, key)));
    }

    /** Submits, and takes whatever is answered for an answer. */
    public Answer trySubmit(String yaml, String key) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                client.send(submission(yaml, key), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        return new Answer(
                answer.statusCode(),
                answer.statusCode() < 300 ? Optional.of(jobId(answer.body())) : Optional.empty(),
                Duration.ofSeconds(
                        answer.headers().firstValueAsLong("Retry-After").orElse(0)),
                answer.body());
    }

    /** What came of a submission: {@code job} is there when it was accepted, now or before; {@code retryAfter} is zero where nothing is asked. */
    public record Answer(int status, Optional<JobId> job, Duration retryAfter, String body) {}

    private HttpRequest submission(String yaml, String key) {
        return request("/v1/jobs")
                .header("Content-Type", "application/yaml")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(yaml))
                .build();
    }

    private static JobId jobId(String json) throws IOException {
        return new JobId(DroverJson.mapper().readTree(json).path("id").asText());
    }

    public JobView job(JobId id) throws IOException, InterruptedException {
        return DroverJson.mapper()
                .readValue(send(request("/v1/jobs/" + id).GET().build()), JobView.class);
    }

    /** The pool's jobs, live and finished, at most a thousand. */
    public List<JobView> jobs(PoolName pool) throws IOException, InterruptedException {
        String json = send(request("/v1/jobs?limit=1000&pool=" + pool).GET().build());
        return DroverJson.mapper().readerFor(Jobs.class).<Jobs>readValue(json).jobs();
    }

    /** The pool as a whole. */
    public PoolView pool(PoolName pool) throws IOException, InterruptedException {
        return DroverJson.mapper()
                .readValue(send(request("/v1/pools/" + pool).GET().build()), PoolView.class);
    }

    /** The pool's nodes. */
    public List<NodeView> nodes(PoolName pool) throws IOException, InterruptedException {
        String json = send(request("/v1/pools/" + pool + "/nodes").GET().build());
        return DroverJson.mapper().readerFor(Nodes.class).<Nodes>readValue(json).nodes();
    }

    /** Every step record so far, superseded ones too. */
    public List<TelemetryPoint> telemetry(JobId id) throws IOException, InterruptedException {
        return ask(id).points();
    }

    /** Every step record of a job that has ended, superseded ones too. */
    public List<TelemetryPoint> history(JobId id) throws IOException, InterruptedException {
        for (int look = 0; look < HISTORY_LOOKS; look++) {
            Telemetry found = ask(id);
            if (found.complete()) {
                return found.points();
            }
        }
        throw new IOException("the history of job " + id + " was not complete after " + HISTORY_LOOKS + " looks");
    }

    private Telemetry ask(JobId id) throws IOException, InterruptedException {
        String json = send(
                request("/v1/jobs/" + id + "/telemetry?superseded=true").GET().build());
        return DroverJson.mapper().readerFor(Telemetry.class).readValue(json);
    }

    /** The surviving history, as the API writes it. */
    public String csv(JobId id) throws IOException, InterruptedException {
        return send(request("/v1/jobs/" + id + "/telemetry?format=csv").GET().build());
    }

    /** Takes a node away; without notice it is killed at once. */
    public void evict(PoolName pool, NodeId node, Optional<Duration> notice) throws IOException, InterruptedException {
        String body = notice.map(it -> "{\"notice\": \"%ds\"}".formatted(it.toSeconds()))
                .orElse("");
        send(request("/v1/pools/" + pool + "/nodes/" + node + "/evict")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** Ends a job that has done its duty. */
    public void cancel(JobId id) throws IOException, InterruptedException {
        send(request("/v1/jobs/" + id).DELETE().build());
    }

    /** How many nodes of the pool are ready members, if the pool answers. */
    public Optional<Integer> readyNodes(PoolSpec pool) throws InterruptedException {
        try {
            String json = send(request("/v1/pools/" + pool.name()).GET().build());
            return Optional.of(
                    DroverJson.mapper().readTree(json).path("readyNodes").asInt());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(15))
                .header("Authorization", "Bearer " + token);
    }

    private String send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (answer.statusCode() >= 300) {
            throw new IOException("%s %s was answered with %d: %s"
                    .formatted(request.method(), request.uri(), answer.statusCode(), answer.body()));
        }
        return answer.body();
    }

    @Override
    public void close() {
        client.close();
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Telemetry(boolean complete, List<TelemetryPoint> points) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Jobs(List<JobView> jobs) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Nodes(List<NodeView> nodes) {}
}
