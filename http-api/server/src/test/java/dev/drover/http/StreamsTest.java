package dev.drover.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.job.JobState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamsTest {
    private static final JobId JOB = new JobId("j-1");

    private final RunningApi api = new RunningApi();

    StreamsTest() {
        api.readModel.assign(JOB, RunningApi.POOL);
        api.gateway.put(Views.job(JOB, JobSpecReader.read(RunningApi.JOB), JobState.RUNNING));
        api.readModel.appendEvents(List.of(Views.event(JOB, 1, "placed"), Views.event(JOB, 2, "running")));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void eventsArriveAsTheyHappenAndTheStreamEndsWithTheJob() throws Exception {
        try (BufferedReader lines = open("/v1/jobs/j-1/events")) {
            assertThat(until(lines, "id: 2")).contains("event: job");
            api.readModel.appendEvents(List.of(Views.event(JOB, 3, "evicted")));
            assertThat(until(lines, "id: 3")).doesNotContain("event: step");
            until(lines, ": nothing new");
            finish();
            api.readModel.appendEvents(List.of(Views.event(JOB, 4, "succeeded")));
            until(lines, "id: 4");
            assertThat(rest(lines)).endsWith("event: end\ndata: {\"job\":\"j-1\",\"state\":\"SUCCEEDED\"}\n\n");
        }
    }

    @Test
    void aStreamResumesAfterTheLastEventSeen() {
        finish();
        HttpResponse<String> rest = api.send(api.request("/v1/jobs/j-1/events")
                .header("Authorization", "Bearer user-token")
                .header("Last-Event-ID", "1"));
        assertThat(rest.body()).contains("id: 2\n").doesNotContain("id: 1\n");
        HttpResponse<String> refused = api.send(api.request("/v1/jobs/j-1/events")
                .header("Authorization", "Bearer user-token")
                .header("Last-Event-ID", "x"));
        assertThat(refused.statusCode()).isEqualTo(400);
    }

    @Test
    void stepsAreShownOnRequestEachOnceAndThinned() {
        for (int step = 1; step <= 1000; step++) {
            api.readModel.add(Views.step(JOB, 0, 1, step, 1f / step, false));
        }
        finish();
        String body = api.get("/v1/jobs/j-1/events?telemetry=true").body();
        List<String> steps =
                body.lines().filter(line -> line.contains("\"lossBits\"")).toList();
        assertThat(steps).hasSize(200).doesNotHaveDuplicates();
        assertThat(steps.getLast()).contains("\"step\":1000,");
        steps.forEach(step -> api.documented.verify(
                "/components/schemas/TelemetryPoint", DocumentedResponses.json(step.substring(6)), "a step"));
    }

    @Test
    void stepsThatALaterGenerationMakesAgainAreShown() throws Exception {
        for (int step = 1; step <= 10; step++) {
            api.readModel.add(Views.step(JOB, 0, 1, step, 1f, false));
        }
        try (BufferedReader lines = open("/v1/jobs/j-1/events?telemetry=true")) {
            untilStep(lines, 1, 10);
            api.gateway.put(Views.resumed(Views.job(JOB, JobSpecReader.read(RunningApi.JOB), JobState.RUNNING), 2, 8));
            api.readModel.appendEvents(List.of(Views.event(JOB, 3, "granted")));
            until(lines, "id: 3");
            api.readModel.add(Views.step(JOB, 0, 2, 9, 1f, false));
            assertThat(untilStep(lines, 2, 9)).doesNotContain("\"generation\":1,");
            api.readModel.add(Views.step(JOB, 0, 2, 10, 1f, false));
            assertThat(untilStep(lines, 2, 10)).doesNotContain("\"generation\":1,");
        }
    }

    @Test
    void everyEventIsAsDocumented() {
        finish();
        List<String> data = api.get("/v1/jobs/j-1/events")
                .body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
        assertThat(data).hasSize(3);
        data.subList(0, 2)
                .forEach(event -> api.documented.verify(
                        "/components/schemas/JobEvent", DocumentedResponses.json(event), "an event"));
        api.documented.verify("/components/schemas/JobEnd", DocumentedResponses.json(data.get(2)), "the end");
    }

    private void finish() {
        api.readModel.archive(List.of(Views.job(JOB, JobSpecReader.read(RunningApi.JOB), JobState.SUCCEEDED)));
    }

    private BufferedReader open(String path) throws Exception {
        HttpResponse<InputStream> response = api.client()
                .send(
                        api.request(path)
                                .header("Authorization", "Bearer user-token")
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static String untilStep(BufferedReader lines, int generation, int step) throws IOException {
        String wanted = "data: {\"shard\":0,\"generation\":%d,\"step\":%d,".formatted(generation, step);
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
            if (line.startsWith(wanted)) {
                return seen.toString();
            }
        }
        throw new AssertionError("the stream ended without " + wanted + ": " + seen);
    }

    private static String until(BufferedReader lines, String wanted) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
            if (line.equals(wanted)) {
                seen.append(lines.readLine());
                return seen.toString();
            }
        }
        throw new AssertionError("the stream ended without '" + wanted + "': " + seen);
    }

    private static String rest(BufferedReader lines) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
        }
        return seen.toString();
    }
}
