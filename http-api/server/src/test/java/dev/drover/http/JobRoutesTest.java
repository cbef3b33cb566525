package dev.drover.http;

import static dev.drover.http.RunningApi.JOB;
import static dev.drover.http.RunningApi.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.api.JobView;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.Manifest;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.pool.PoolSpec;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobRoutesTest {
    private static final JobId LIVE = new JobId("j-live");
    private static final JobId DONE = new JobId("j-done");

    private final RunningApi api = new RunningApi();

    JobRoutesTest() {
        api.readModel.assign(LIVE, RunningApi.POOL);
        api.gateway.put(view(LIVE, JobState.RUNNING));
        api.readModel.archive(List.of(view(DONE, JobState.SUCCEEDED)));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void listsLiveAndFinishedJobs() {
        assertThat(ids(api.get("/v1/jobs"))).containsExactly("j-done", "j-live");
        assertThat(ids(api.get("/v1/jobs?limit=1"))).hasSize(1);
        assertThat(ids(api.get("/v1/jobs?state=running"))).containsExactly("j-live");
        assertThat(ids(api.get("/v1/jobs?state=SUCCEEDED"))).containsExactly("j-done");
        assertThat(ids(api.get("/v1/jobs?state=failed&pool=default"))).isEmpty();
        HttpResponse<String> unknown = api.get("/v1/jobs?pool=west");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json(unknown).at("/detail").asText()).isEqualTo("there is no pool west");
        HttpResponse<String> twice = api.get("/v1/jobs?limit=1&limit=2");
        assertThat(twice.statusCode()).isEqualTo(400);
        assertThat(json(twice).at("/detail").asText())
                .isEqualTo("limit: '2' is not allowed; use each parameter once; it was '1' before");
    }

    @Test
    void aSilentPoolIsNamedAndTheOthersAreShown() {
        PoolName west = new PoolName("west");
        api.gateway.create(PoolSpec.defaults(west));
        api.gateway.silent.add(west);
        HttpResponse<String> answer = api.get("/v1/jobs");
        assertThat(ids(answer)).containsExactly("j-done", "j-live");
        assertThat(json(answer).at("/unanswered")).hasToString("[\"west\"]");
    }

    @Test
    void showsAJobWhereverItIs() {
        assertThat(json(api.get("/v1/jobs/j-live")).at("/shards/0/why/code").asText())
                .isEqualTo("NO_CAPACITY");
        assertThat(json(api.get("/v1/jobs/j-done")).at("/state").asText()).isEqualTo("SUCCEEDED");
        assertThat(api.get("/v1/jobs/j-none").statusCode()).isEqualTo(404);
    }

    @Test
    void aJobItsPoolNeverConfirmedIsNotThere() {
        api.readModel.assign(new JobId("j-lost"), RunningApi.POOL);
        HttpResponse<String> answer = api.get("/v1/jobs/j-lost");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).at("/detail").asText())
                .isEqualTo("job j-lost was never confirmed by pool default; submit it again");
    }

    @Test
    void setsAndLiftsABudget() {
        assertThat(json(api.user("PATCH", "/v1/jobs/j-live", "{\"budget\": \"60 USD\"}"))
                        .at("/spec/budget/amount")
                        .asInt())
                .isEqualTo(60);
        assertThat(json(api.user("PATCH", "/v1/jobs/j-live", "{\"budget\": null}"))
                        .at("/spec")
                        .has("budget"))
                .isFalse();
        for (String wrong : List.of("{}", "{\"budget\": 60}", "{\"budget\": \"60 USD\", \"priority\": 3}")) {
            assertThat(api.user("PATCH", "/v1/jobs/j-live", wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(422);
        }
        assertThat(api.user("PATCH", "/v1/jobs/j-done", "{\"budget\": \"60 USD\"}")
                        .statusCode())
                .isEqualTo(409);
    }

    @Test
    void cancelsOnceAndForAll() {
        assertThat(json(api.user("DELETE", "/v1/jobs/j-live", "")).at("/state").asText())
                .isEqualTo("CANCELLED");
        assertThat(json(api.user("POST", "/v1/jobs/j-live/cancel", ""))
                        .at("/why/text")
                        .asText())
                .isEqualTo("asked by user");
        HttpResponse<String> tooLate = api.user("DELETE", "/v1/jobs/j-done", "");
        assertThat(tooLate.statusCode()).isEqualTo(409);
        assertThat(json(tooLate).at("/detail").asText()).contains("is SUCCEEDED already");
    }

    @Test
    void listsCheckpointsAndSaysWhichAreTorn() {
        Lease lease = new Lease(new ShardId(LIVE, 0), 2);
        Manifest manifest = new Manifest(
                Manifest.FORMAT, lease, 40, Views.NOON, List.of(new Manifest.Entry("model.safetensors", 1000, "ab")));
        api.store.putIfAbsent(CheckpointLayout.manifest(lease, 40), ManifestJson.write(manifest));
        api.store.put(CheckpointLayout.checkpoint(lease, 40) + "model.safetensors", "not read");
        api.store.put(CheckpointLayout.manifest(lease, 60), "{\"torn");
        HttpResponse<String> answer = api.get("/v1/jobs/j-live/checkpoints");
        assertThat(json(answer).at("/checkpoints")).hasSize(1);
        assertThat(json(answer).at("/checkpoints/0/bytes").asInt()).isEqualTo(1000);
        assertThat(json(answer).at("/checkpoints/0/manifestDigest").asText()).isEqualTo(ManifestJson.digest(manifest));
        assertThat(json(answer).at("/invalid/0/key").asText()).endsWith("step-00000060/manifest.json");
    }

    private static JobView view(JobId id, JobState state) {
        return Views.job(id, JobSpecReader.read(JOB), state);
    }

    private static List<String> ids(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        return json(answer).at("/jobs").findValuesAsText("id");
    }
}
