package dev.drover.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.job.JobState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LogsTest {
    private static final JobId JOB = new JobId("j-1");
    private static final String FOLLOWED = "/v1/jobs/j-1/logs?shard=0&generation=2&follow=true";

    private final RunningApi api = new RunningApi();

    LogsTest() {
        api.readModel.assign(JOB, RunningApi.POOL);
        api.gateway.put(Views.job(JOB, JobSpecReader.read(RunningApi.JOB), JobState.RUNNING));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void logsOfAllGenerationsOrOfOne() {
        api.store.put(log(1), "one\n");
        api.store.put(log(2), "two\n");
        assertThat(api.get("/v1/jobs/j-1/logs").body()).isEqualTo("""
            ==> shard 0, generation 1 <==
            one
            ==> shard 0, generation 2 <==
            two
            """);
        assertThat(api.get("/v1/jobs/j-1/logs?shard=0&generation=2").body()).isEqualTo("two\n");
        assertThat(api.get("/v1/jobs/j-1/logs?shard=3").statusCode()).isEqualTo(404);
        HttpResponse<String> notYet = api.get("/v1/jobs/j-1/logs?generation=9");
        assertThat(notYet.statusCode()).isEqualTo(404);
        assertThat(RunningApi.json(notYet).at("/detail").asText())
                .isEqualTo("there is no generation 9; the newest is 2");
    }

    @Test
    void aFollowedLogGrowsUntilTheJobIsFinished() throws Exception {
        api.store.put(log(2), "first\nhal");
        try (BufferedReader lines = open("/v1/jobs/j-1/logs?shard=0&generation=2&follow=true")) {
            assertThat(lines.readLine()).isEqualTo("first");
            api.store.put(log(2), "first\nhalf\nsecond\n");
            assertThat(lines.readLine()).isEqualTo("half");
            finish();
            assertThat(rest(lines)).isEqualTo("second\n");
        }
    }

    @Test
    void aSilentPoolEndsNoFollowedLog() throws Exception {
        api.store.put(log(2), "first\n");
        try (BufferedReader lines = open("/v1/jobs/j-1/logs?shard=0&generation=2&follow=true")) {
            assertThat(lines.readLine()).isEqualTo("first");
            api.gateway.silent.add(RunningApi.POOL);
            assertThat(api.get("/v1/jobs/j-1").statusCode()).isEqualTo(503);
            api.store.put(log(2), "first\nsecond\n");
            assertThat(lines.readLine()).isEqualTo("second");
            finish();
            assertThat(rest(lines)).isEmpty();
        }
    }

    @Test
    void aLongLogIsReadInParts() {
        String log = lines(1, 30_000) + "\u00e9\u6f22\ud83d\ude00".repeat(50_000);
        api.store.put(log(2), log);
        assertThat(api.get("/v1/jobs/j-1/logs?shard=0&generation=2").body()).isEqualTo(log);
        assertThat(api.store.largestRead()).isBetween(1, 128 << 10);
    }

    @Test
    void aFollowedLogGoesOnWhenTheStoreHasOnlyItsNewestPart() throws Exception {
        api.store.put(log(2), lines(1000, 1999));
        try (BufferedReader lines = open(FOLLOWED)) {
            assertThat(next(lines, 1000)).isEqualTo(lines(1000, 1999));
            api.store.put(log(2), lines(1500, 2499));
            assertThat(next(lines, 500)).isEqualTo(lines(2000, 2499));
            api.store.put(log(2), lines(5000, 5001));
            assertThat(next(lines, 2)).isEqualTo(lines(5000, 5001));
            finish();
            assertThat(rest(lines)).isEmpty();
        }
    }

    @Test
    void aFollowedLogThatIsSilentKeepsItsConnection() throws Exception {
        try (BufferedReader lines = open(FOLLOWED)) {
            assertThat(lines.readLine()).isEqualTo("==> nothing new <==");
            api.store.put(log(2), "first\n");
            assertThat(lines.readLine()).isEqualTo("first");
        }
    }

    private static String lines(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(line -> line + "\n").collect(Collectors.joining());
    }

    private static String next(BufferedReader lines, int count) throws IOException {
        List<String> read = new ArrayList<>();
        while (read.size() < count) {
            read.add(lines.readLine() + "\n");
        }
        return String.join("", read);
    }

    private void finish() {
        api.readModel.archive(List.of(Views.job(JOB, JobSpecReader.read(RunningApi.JOB), JobState.SUCCEEDED)));
    }

    private static String log(int generation) {
        return CheckpointLayout.log(new Lease(new ShardId(JOB, 0), generation));
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

    private static String rest(BufferedReader lines) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
        }
        return seen.toString();
    }
}
