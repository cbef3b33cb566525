package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmitCommandTest {
    private static final String EVENTS = "GET /v1/jobs/j-1/events?telemetry=true";

    private final FakeServer server = new FakeServer();

    @TempDir
    private Path dir = Path.of("");

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void sendsTheJobWithAbsolutePathsUnderAKey() throws IOException {
        Path data = Files.writeString(dir.resolve("d.txt"), "text");
        server.answer("POST /v1/jobs", 201, Samples.job("QUEUED"));
        Ran ran = Ran.command(server, "submit", file("train: {data: {path: d.txt, tokenizer: bytes}}"));
        assertThat(ran).isEqualTo(new Ran(0, "j-1 submitted; './drover show j-1' says how it goes\n", ""));
        FakeServer.Asked asked = server.asked().getFirst();
        assertThat(asked.headers()).containsEntry("Idempotency-key", "generated-key");
        assertThat(DroverJson.mapper().readTree(asked.body()).at("/train/data"))
                .hasToString("{\"path\":\"" + data + "\",\"tokenizer\":\"bytes\"}");
    }

    @Test
    void theKeyMayBeGivenAndTheAnswerBeJson() throws IOException {
        server.answer("POST /v1/jobs", 200, Samples.job("RUNNING"));
        Ran ran = Ran.command(server, "submit", file("command: [a]"), "--key", "k", "--json");
        assertThat(DroverJson.mapper().readTree(ran.out()).at("/id").asText()).isEqualTo("j-1");
        assertThat(server.asked().getFirst().headers()).containsEntry("Idempotency-key", "k");
    }

    @Test
    void sendsAgainUnderTheSameKeyWhileThePoolIsSilent() throws IOException {
        server.answer("POST /v1/jobs", 503, "{\"detail\": \"silent\"}")
                .answer("POST /v1/jobs", 200, Samples.job("QUEUED"));
        Ran ran = Ran.command(server, "submit", file("command: [a]"));
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).isEqualTo(server.url() + " can't answer now (503); asking again for up to 30 s\n");
        assertThat(server.asked())
                .hasSize(2)
                .allSatisfy(asked -> assertThat(asked.headers()).containsEntry("Idempotency-key", "generated-key"));
    }

    @Test
    void badInputIsRefusedHereWithEveryProblem() throws IOException {
        Ran ran = Ran.command(server, "submit", file("shards: 0\nretrys: 1\ncommand: [a]"));
        assertThat(ran.code()).isEqualTo(ExitCodes.BAD_INPUT);
        assertThat(ran.err()).isEqualTo("""
            shards: '0' is not allowed; use a whole number from 1 to 64
            retrys: '1' is not allowed; use 'retries'; there is no 'retrys'
            """);
        assertThat(Ran.command(server, "submit", file("train: {data: {path: \"a\\0b\"}}")))
                .isEqualTo(new Ran(
                        2,
                        "",
                        "train.data.path: 'a\0b' is not allowed; use a text of 1 to 4096 printable characters\n"));
        assertThat(server.asked()).isEmpty();
        assertThat(Ran.command(server, "submit", dir.resolve("none.yaml").toString())
                        .code())
                .isEqualTo(ExitCodes.BAD_INPUT);
    }

    @Test
    void whatTheServerRefusesIsShownAsItSaysIt() throws IOException {
        server.answer("POST /v1/jobs", 422, """
            {"detail": "d", "errors": [{"field": "pool", "value": "west", "allowed": "one of default"}]}\
            """);
        Ran ran = Ran.command(server, "submit", file("pool: west\ncommand: [a]"));
        assertThat(ran).isEqualTo(new Ran(2, "", "pool: 'west' is not allowed; use one of default\n"));
    }

    @Test
    void followsUntilTheJobHasSucceeded() throws IOException {
        server.answer("POST /v1/jobs", 201, Samples.job("QUEUED"))
                .answer(EVENTS, 200, """
                    id: 1
                    event: job
                    data: {"at": "2026-03-01T12:00:00Z", "shard": 0, "text": "placed on node-1"}

                    """)
                .answer(EVENTS, 200, """
                    : hello
                    event: step
                    data: {"shard": 0, "step": 20, "loss": 2.5, "tokensPerSecond": 99.6, "zone": "zone-a", "capacityType": "SPOT"}

                    event: step
                    data: {"shard": 0, "step": 21, "loss": 2.4, "tokensPerSecond": 99.6, "zone": "zone-a", "capacityType": "SPOT"}

                    event: end
                    data: {"job": "j-1", "state": "SUCCEEDED"}

                    """)
                .answer("GET /v1/jobs/j-1", 200, Samples.job("SUCCEEDED"));
        Ran ran = Ran.command(server, "submit", file("command: [a]"), "--follow");
        assertThat(ran.code()).isZero();
        assertThat(ran.err())
                .containsPattern("j-1 submitted\n\\d\\d:\\d\\d:00  shard 0  placed on node-1\n")
                .endsWith("""
                    shard 0  step 20/300  loss 2.5  100 tokens/s  zone-a SPOT
                    shard 0  step 21/300  loss 2.4  100 tokens/s  zone-a SPOT
                    """);
        assertThat(ran.out()).startsWith("j-1  tiny  SUCCEEDED in pool default\n");
        assertThat(server.asked().get(2).headers()).containsEntry("Last-event-id", "1");
    }

    @Test
    void aFailedJobIsExitCodeOne() throws IOException {
        server.answer("POST /v1/jobs", 201, Samples.job("QUEUED"))
                .answer(EVENTS, 200, "event: end\ndata: {\"state\": \"FAILED\"}\n\n")
                .answer("GET /v1/jobs/j-1", 200, Samples.job("FAILED"));
        assertThat(Ran.command(server, "submit", file("command: [a]"), "--follow")
                        .code())
                .isEqualTo(ExitCodes.JOB_FAILED);
    }

    private String file(String text) throws IOException {
        return Files.writeString(dir.resolve("job.yaml"), text).toString();
    }
}
