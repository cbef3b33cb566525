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
import java.util.TreeMap;

/**
 * Watches a job until it is finished, on stderr: events as lines; steps as one line that changes on a terminal, and as a line
 * every 5 % elsewhere, every 10 s where the number of steps is not known. Connects again, after the last event seen, when the stream breaks.
 */
final class Follower implements Reopening.Reading {
    private static final Duration SELDOM = Duration.ofSeconds(10);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final DroverCli root;
    private final ApiClient api;
    private final String job;
    private final String of;
    /** Off a terminal a step is shown when so many were made since, and so much time has passed. */
    private final int stride;

    private final long seldom;
    private final Map<Integer, Shown> shown = new HashMap<>();
    private final Map<Integer, String> held = new TreeMap<>();
    private long eventsSeen;
    private String lastId = "";
    private Optional<String> end = Optional.empty();
    private boolean lineOpen;

    Follower(DroverCli root, ApiClient api, JsonNode job) {
        this.root = root;
        this.api = api;
        this.job = Render.text(job, "/id");
        this.of = Render.of(job);
        int steps = job.at("/spec/program/train/steps").asInt();
        this.stride = Math.max(1, steps / 20);
        this.seldom = steps == 0 ? SELDOM.toMillis() : 0;
    }

    /** Blocks until the job is finished; the exit code says how. */
    int follow() {
        Reopening.read(job, err(), this);
        return end.equals(Optional.of("SUCCEEDED")) ? ExitCodes.OK : ExitCodes.JOB_FAILED;
    }

    @Override
    public long progress() {
        return eventsSeen;
    }

    @Override
    public boolean read() throws IOException {
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
                    eventsSeen++;
                    show(kind, line.substring(6));
                }
            }
        }
        return end.isPresent();
    }

    private void show(String kind, String data) throws JsonProcessingException {
        JsonNode event = DroverJson.mapper().readTree(data);
        switch (kind) {
            case "job" -> event(event);
            case "step" -> step(event);
            case "end" -> {
                closeLine();
                held.values().forEach(err()::println);
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

    /** A stream that was opened again tells the curve so far again; a later generation may make steps again. */
    private void step(JsonNode point) {
        int shard = point.path("shard").asInt();
        Shown next = new Shown(
                point.path("generation").asInt(),
                point.path("step").asInt(),
                point.path("epochMillis").asLong());
        Shown before = shown.getOrDefault(shard, Shown.NOTHING);
        boolean later = next.generation > before.generation;
        String line = Render.step(point, of);
        if (root.isTerminal() && (later || next.isAfter(before, 1, 0))) {
            shown.put(shard, next);
            err().print("\r\u001b[K" + line);
            lineOpen = true;
        } else if (!root.isTerminal() && (later || next.isAfter(before, stride, seldom))) {
            shown.put(shard, next);
            held.remove(shard);
            err().println(line);
        } else if (!root.isTerminal()) {
            held.put(shard, line);
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

    /** Up to where a shard's steps were shown. */
    private record Shown(int generation, int step, long epochMillis) {
        private static final Shown NOTHING = new Shown(0, 0, 0);

        boolean isAfter(Shown before, int steps, long millis) {
            return generation == before.generation
                    && step >= before.step + steps
                    && epochMillis >= before.epochMillis + millis;
        }
    }
}
