package dev.drover.http;

import static dev.drover.http.RunningApi.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.job.JobState;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TelemetryTest {
    private static final JobId JOB = new JobId("j-1");
    private static final String PATH = "/v1/jobs/j-1/telemetry";

    private final RunningApi api = new RunningApi();

    TelemetryTest() {
        api.readModel.assign(JOB, RunningApi.POOL);
        api.readModel.add(Views.step(JOB, 0, 1, 1, 5.5f, false));
        api.readModel.add(Views.step(JOB, 0, 1, 2, 0.1f, true));
        api.readModel.add(Views.step(JOB, 0, 2, 2, 0.1f, false));
        api.readModel.add(Views.step(JOB, 1, 1, 1, Float.NaN, false));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void jsonHasEveryFieldAndTheLossToTheLastBit() {
        HttpResponse<String> answer = api.get(PATH + "?shard=0&afterStep=1");
        assertThat(json(answer).at("/points")).hasSize(1);
        assertThat(json(answer).at("/points/0")).hasToString("""
            {"shard":0,"generation":2,"step":2,"loss":0.1,"lossBits":"3dcccccd","learningRate":0.001,\
            "gradientNorm":0.5,"samples":16,"tokensPerSecond":1234.5,"pauseMillis":0.0,"evalLoss":2.5,\
            "epochMillis":1772366400002,"node":"node-1","zone":"zone-a","capacityType":"SPOT","superseded":false}\
            """);
    }

    @Test
    void csvByAcceptOrByName() {
        String expected = """
            job,shard,generation,step,loss,loss_bits,node,zone,capacity_type,epoch_ms
            j-1,0,1,1,5.5,40b00000,node-1,zone-a,SPOT,1772366400001
            j-1,0,2,2,0.1,3dcccccd,node-1,zone-a,SPOT,1772366400002
            j-1,1,1,1,NaN,7fc00000,node-1,zone-a,SPOT,1772366400001
            """;
        assertThat(api.get(PATH + "?format=csv").body()).isEqualTo(expected);
        HttpResponse<String> accepted =
                api.send(api.request(PATH).header("Accept", "text/csv").header("Authorization", "Bearer user-token"));
        assertThat(accepted.body()).isEqualTo(expected);
        assertThat(accepted.headers().firstValue("Content-Type")).contains("text/csv; charset=UTF-8");
    }

    @Test
    void whatWasUndoneIsShownOnRequest() {
        assertThat(json(api.get(PATH)).at("/points")).hasSize(3);
        assertThat(json(api.get(PATH + "?superseded=true")).at("/points")).hasSize(4);
        assertThat(json(api.get(PATH + "?points=1")).at("/points")).hasSize(1);
    }

    @Test
    void aJobThatHasJustEndedIsWaitedForUntilItsHistoryIsComplete() throws Exception {
        api.gateway.put(view(JobState.RUNNING));
        assertThat(isComplete()).isFalse();

        api.gateway.put(view(JobState.SUCCEEDED));
        assertThat(isComplete()).as("of a job that nobody archives").isFalse();

        int before = api.readModel.looksForFinished.get();
        CompletableFuture<Boolean> asked = CompletableFuture.supplyAsync(this::isComplete);
        while (api.readModel.looksForFinished.get() < before + 3 && !asked.isDone()) {
            Thread.onSpinWait();
        }
        api.readModel.archive(List.of(view(JobState.SUCCEEDED)));
        assertThat(asked.get(20, TimeUnit.SECONDS)).isTrue();

        api.gateway.forget(JOB);
        assertThat(isComplete()).isTrue();
    }

    private boolean isComplete() {
        return json(api.get(PATH)).at("/complete").asBoolean();
    }

    private static JobView view(JobState state) {
        return Views.job(JOB, JobSpecReader.read(RunningApi.JOB), state);
    }

    @Test
    void wrongParametersAreAllNamed() {
        HttpResponse<String> refused = api.get(PATH + "?shard=64&point=3&superseded=maybe&format=xml");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).at("/errors").findValuesAsText("field"))
                .containsExactly("shard", "superseded", "format", "point");
        assertThat(json(refused).at("/detail").asText()).contains("use 'points'; there is no 'point'");
        assertThat(api.get("/v1/jobs/j-none/telemetry").statusCode()).isEqualTo(404);
        api.gateway.put(Views.job(JOB, JobSpecReader.read(RunningApi.JOB), JobState.RUNNING));
        HttpResponse<String> noShard = api.get(PATH + "?shard=9");
        assertThat(noShard.statusCode()).isEqualTo(404);
        assertThat(json(noShard).at("/detail").asText()).startsWith("job j-1 has no shard 9; use 0 to ");
    }
}
