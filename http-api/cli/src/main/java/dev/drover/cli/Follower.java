package dev.drover.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.json.DroverJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Watches a job until it is finished, on stderr: events as lines; steps as one line that changes on a terminal, and as a line
 * every 5 % elsewhere. Connects again, after the last event seen, when the stream breaks.
 */
final class Follower {
    private static final int ATTEMPTS = 30;
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final DroverCli root;
    private final ApiClient api;
    private final String job;
    private final String of;
    private final int stride;
    private final Map<Integer, Integer> shown = new HashMap<>();
    private String lastId = "";
    private Optional<String> end = Optional.empty();
    private boolean lineOpen;

    Follower(DroverCli root, ApiClient api, JsonNode job) {
        this.root = root;
        this.api = api;
        this.job = Render.text(job, "/id");
        this.of = Render.of(job);
        this.stride = Math.max(1, job.at("/spec/program/train/steps").asInt(20) / 20);
    }

    /** Blocks until the job is finished; the exit code says how. */
    int follow() {
        int failures = 0;
        while (end.isEmpty()) {
            String before = lastId;
            try {
                watch();
            } catch (IOException | CliException e) {
                if (e instanceof CliException refused && refused.exitCode() == ExitCodes.BAD_INPUT) {
                    throw refused;
                }
                failures = lastId.equals(before) ? failures + 1 : 1;
                if (failures >= ATTEMPTS) {
                    throw new CliException(
                            ExitCodes.UNREACHABLE,
                            "lost sight of " + job + ", which may well go on: " + e.getMessage(),
                            e);
                }
            }
            if (end.isEmpty()) {
                pause(BETWEEN);
            }
        }
        return end.get().equals("SUCCEEDED") ? ExitCodes.OK : ExitCodes.JOB_FAILED;
    }

    private void watch() throws IOException {
        String path =
                Paths.of("/v1/jobs", job, "events").with("telemetry", true).toString();
        Map<String, String> headers = lastId.isEmpty() ? Map.of() : Map.of("Last-Event-ID", lastId);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(api.open(path, headers), StandardCharsets.UTF_8))) {
            String kind = "";
            for (String line = lines.readLine(); line != null && end.isEmpty(); line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    kind = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    show(kind, line.substring(6));
                }
            }
        }
    }

    private void show(String kind, String data) throws JsonProcessingException {
        JsonNode event = DroverJson.mapper().readTree(data);
        switch (kind) {
            case "job" -> event(event);
            case "step" -> step(event);
            case "end" -> {
                closeLine();
                end = Optional.of(Render.text(event, "/state"));
            }
            default -> {
                // A newer server's kind of event: nothing this version could show.
            }
        }
    }

    private void event(JsonNode event) {
        closeLine();
        String at = TIME.format(Instant.parse(Render.text(event, "/at")).atZone(ZoneId.systemDefault()));
        String shard = event.has("shard") ? "shard " + event.path("shard").asText() + "  " : "";
        err().println(at + "  " + shard + Render.text(event, "/text"));
        err().flush();
    }

    private void step(JsonNode point) {
        int shard = point.path("shard").asInt();
        int step = point.path("step").asInt();
        String line = Render.step(point, of);
        if (root.isTerminal()) {
            err().print("\r\u001b[K" + line);
            lineOpen = true;
        } else if (step >= shown.getOrDefault(shard, 0) + stride || step < shown.getOrDefault(shard, 0)) {
            shown.put(shard, step);
            err().println(line);
        }
        err().flush();
    }

    private void closeLine() {
        if (lineOpen) {
            err().println();
            lineOpen = false;
        }
    }

    private PrintWriter err() {
        return root.err();
    }

    static void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCodes.UNREACHABLE, "interrupted", e);
        }
    }
}
