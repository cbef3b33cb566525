package dev.drover.http;

import static dev.drover.http.RunningApi.JOB;
import static dev.drover.http.RunningApi.POOL;
import static dev.drover.http.RunningApi.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.job.JobState;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubmitTest {
    private static final String BATCH = """
        jobs:
        - {name: first, train: {data: {path: /data/d.txt}}}
        - {name: second, train: {data: {path: /data/d.txt}}}
        """;

    private final RunningApi api = new RunningApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void answersWithTheJobAndWhereItIs() {
        HttpResponse<String> answer = api.user("POST", "/v1/jobs", JOB);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Location")).contains("/v1/jobs/j-1");
        assertThat(json(answer).at("/state").asText()).isEqualTo("QUEUED");
        assertThat(json(answer).at("/why/text").asText()).isEqualTo("No zone has a cpu-small now");
        assertThat(json(api.get("/v1/jobs/j-1"))).isEqualTo(json(answer));
    }

    @Test
    void aJobSaysWhenItRunsAndAtWhatCost() {
        String yaml = """
            train: {data: {path: /data/d.txt}}
            priority: 7
            after: [j-0]
            gang: true
            deadline: 60h
            budget: 40 USD
            computeTime: 48h
            ladder: [{accelerator: a100, microBatch: 4, maxPrice: 3 USD}, {capacityType: on-demand}]
            """;
        JsonNode spec = json(api.user("POST", "/v1/jobs", yaml)).at("/spec");
        assertThat(spec.at("/priority").asInt()).isEqualTo(7);
        assertThat(spec.at("/after")).hasToString("[\"j-0\"]");
        assertThat(spec.at("/deadline").asText()).isEqualTo("60h");
        assertThat(spec.at("/ladder/0/microBatch").asInt()).isEqualTo(4);
        HttpResponse<String> instant = api.user("POST", "/v1/jobs", yaml.replace("60h", "2026-11-25T08:00:00Z"));
        assertThat(json(instant).at("/spec/deadline").asText()).isEqualTo("2026-11-25T08:00:00Z");
    }

    @Test
    void takesYamlUnderAnyOfItsNamesAndUnderNone() {
        String yaml = "train:\n  data: {path: /data/d.txt}\n  optimizer: {learningRate: 1e-2}";
        for (String type :
                List.of("application/yaml", "application/x-yaml", "text/yaml", "text/plain", "application/json")) {
            assertThat(api.user("POST", "/v1/jobs", yaml, "Content-Type", type).statusCode())
                    .as(type)
                    .isEqualTo(201);
        }
    }

    @Test
    void aBatchIsTakenInTheOrderItWasSent() {
        HttpResponse<String> answer = api.user("POST", "/v1/jobs/batch", BATCH, "Idempotency-Key", "key-1");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(json(answer)).hasToString("{\"ids\":[\"j-1-0\",\"j-1-1\"]}");
        assertThat(api.diary).containsExactly("claim key-1", "submit j-1-0", "submit j-1-1");
        assertThat(json(api.get("/v1/jobs/j-1-1")).at("/spec/name").asText()).isEqualTo("second");
    }

    @Test
    void aBatchThatIsSentAgainIsTheSameJobs() {
        HttpResponse<String> first = api.user("POST", "/v1/jobs/batch", BATCH, "Idempotency-Key", "key-1");
        JobId finished = new JobId("j-1-0");
        api.readModel.archive(List.of(Views.job(finished, JobSpecReader.read(JOB), JobState.SUCCEEDED)));
        api.gateway.forget(finished);
        api.diary.clear();
        HttpResponse<String> again = api.user("POST", "/v1/jobs/batch", BATCH, "Idempotency-Key", "key-1");
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(json(again)).isEqualTo(json(first));
        assertThat(api.diary).as("what has finished is not told again").containsExactly("claim key-1", "submit j-1-1");
    }

    @Test
    void aBatchWithAnythingWrongInItChangesNothing() {
        HttpResponse<String> answer =
                api.user("POST", "/v1/jobs/batch", BATCH.replace("second", "Second!"), "Idempotency-Key", "key-1");
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer).at("/errors/0/field").asText()).isEqualTo("jobs[1].name");
        assertThat(api.diary).isEmpty();
    }

    @Test
    void claimsTheKeyAndThePoolBeforeThePoolIsTold() {
        submit("key-1", JOB);
        assertThat(api.diary).containsExactly("claim key-1", "submit j-1");
    }

    @Test
    void theSameKeyAndBodyIsTheSameJob() {
        submit("key-1", JOB);
        HttpResponse<String> again = submit("key-1", JOB);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(json(again).at("/id").asText()).isEqualTo("j-1");
        assertThat(api.gateway.jobs(POOL)).isEqualTo(1);
    }

    @Test
    void theSameKeyAnswersAfterTheJobHasFinished() {
        submit("key-1", JOB);
        JobId job = new JobId("j-1");
        api.readModel.archive(List.of(Views.job(job, JobSpecReader.read(JOB), JobState.SUCCEEDED)));
        api.gateway.forget(job);
        api.diary.clear();
        HttpResponse<String> again = submit("key-1", JOB);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(json(again).at("/state").asText()).isEqualTo("SUCCEEDED");
        assertThat(api.diary).as("the pool is told nothing").noneMatch(entry -> entry.startsWith("submit"));
    }

    @Test
    void theSameKeyWithAnotherBodyIsAConflict() {
        submit("key-1", JOB);
        HttpResponse<String> other = submit("key-1", JOB.replace("tiny", "other"));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(json(other).at("/detail").asText())
                .isEqualTo("Idempotency-Key 'key-1' was used with another body, for job j-1; use a new key, or the same"
                        + " body");
        assertThat(api.gateway.jobs(POOL)).isEqualTo(1);
    }

    @Test
    void aRefusedBodyDoesNotSpendItsKey() {
        assertThat(submit("key-1", JOB.replace("/data", "/elsewhere")).statusCode())
                .isEqualTo(422);
        assertThat(submit("key-1", JOB).statusCode()).isEqualTo(201);
    }

    @Test
    void racingSubmissionsOfOneKeyAreOneJob() throws Exception {
        List<Callable<String>> racers = Collections.nCopies(
                12, () -> json(submit("key-1", JOB)).at("/id").asText());
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> ids = pool.invokeAll(racers).stream()
                    .map(Future::resultNow)
                    .distinct()
                    .toList();
            assertThat(ids).hasSize(1);
        }
        assertThat(api.gateway.jobs(POOL)).isEqualTo(1);
    }

    @Test
    void aSilentPoolIsSaidToBeSilentAndTheKeyMayBeSentAgain() {
        api.gateway.silent.add(POOL);
        HttpResponse<String> unknown = submit("key-1", JOB);
        assertThat(unknown.statusCode()).isEqualTo(503);
        assertThat(unknown.headers().firstValue("Retry-After")).contains("2");
        assertThat(json(unknown).at("/detail").asText())
                .isEqualTo("pool default did not confirm job j-1 within 300 ms; it may have it."
                        + " send it again with the same Idempotency-Key: nothing doubles by it");
        api.gateway.silent.clear();
        HttpResponse<String> again = submit("key-1", JOB);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(json(again).at("/id").asText()).isEqualTo("j-1");
        assertThat(api.gateway.jobs(POOL)).isEqualTo(1);
    }

    @Test
    void aFewWaitForASilentPoolAndTheOthersAreSentAwayAtOnce() throws InterruptedException {
        api.gateway.silent.add(POOL);
        assertThat(submit("first", JOB).statusCode()).isEqualTo(503);
        List<Callable<String>> crowd = new ArrayList<>();
        for (int number = 0; number < 64; number++) {
            String key = "crowd-" + number;
            crowd.add(() -> json(submit(key, JOB)).at("/detail").asText());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> answers =
                    threads.invokeAll(crowd).stream().map(Future::resultNow).toList();
            assertThat(answers)
                    .contains(
                            "pool default does not answer, and 16 submissions wait for it already; ask again, nothing is lost by it");
        }
        api.gateway.silent.clear();
        assertThat(submit("last", JOB).statusCode()).isEqualTo(201);
    }

    /** What can't be read is refused with 422 at any other time. */
    @Test
    void theCrowdAtTheDoorOfASilentPoolIsSentAwayUnread() throws InterruptedException {
        api.gateway.silent.add(POOL);
        assertThat(submit("first", JOB).statusCode()).isEqualTo(503);
        assertThat(submit("bad", "pool: default, and nonsense: [").statusCode()).isEqualTo(422);
        List<Callable<Integer>> crowd = new ArrayList<>();
        for (int number = 0; number < 128; number++) {
            String key = "crowd-" + number;
            String spec = number % 2 == 0 ? JOB : "pool: default, and nonsense: [";
            crowd.add(() -> submit(key, spec).statusCode());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = threads.invokeAll(crowd);
            List<Integer> ofNonsense = IntStream.range(0, answers.size())
                    .filter(number -> number % 2 == 1)
                    .mapToObj(number -> answers.get(number).resultNow())
                    .toList();
            assertThat(ofNonsense).contains(503);
        }
    }

    @Test
    void anUnknownPoolIsNamedWithThoseThereAre() {
        HttpResponse<String> refused =
                api.user("POST", "/v1/jobs", JOB.replace("{\"name\"", "{\"pool\": \"west\", \"name\""));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(json(refused).at("/errors"))
                .isEqualTo(DocumentedResponses.json(
                        "[{\"field\":\"pool\",\"value\":\"west\",\"allowed\":\"one of default\"}]"));
    }

    @Test
    void everyFieldAtFaultIsNamedAtOnce() {
        HttpResponse<String> refused = api.user(
                "POST", "/v1/jobs", "{\"shards\": 0, \"retrys\": 1, \"train\": {\"data\": {\"path\": \"/gone\"}}}");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(json(refused).at("/errors").findValuesAsText("field"))
                .containsExactlyInAnyOrder("shards", "retrys", "train.data.path");
        assertThat(json(refused).at("/instance").asText()).isEqualTo("/v1/jobs");
    }

    @Test
    void keysAreChecked() {
        assertThat(submit("two words", JOB).statusCode()).isEqualTo(400);
        assertThat(submit("k".repeat(256), JOB).statusCode()).isEqualTo(400);
    }

    @Test
    void withoutAKeyEverySubmissionIsAJob() {
        assertThat(api.user("POST", "/v1/jobs", JOB).statusCode()).isEqualTo(201);
        assertThat(api.user("POST", "/v1/jobs", JOB).statusCode()).isEqualTo(201);
        assertThat(api.gateway.jobs(POOL)).isEqualTo(2);
        assertThat(api.diary).containsExactly("assign j-1", "submit j-1", "assign j-2", "submit j-2");
    }

    private HttpResponse<String> submit(String key, String body) {
        return api.user("POST", "/v1/jobs", body, "Idempotency-Key", key);
    }
}
