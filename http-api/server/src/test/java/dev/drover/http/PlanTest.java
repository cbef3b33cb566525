package dev.drover.http;

import static dev.drover.http.RunningApi.JOB;
import static dev.drover.http.RunningApi.POOL;
import static dev.drover.http.RunningApi.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final String EXPECTED = "train: {data: {path: /data/d.txt}}\ndeadline: 60h\ncomputeTime: 48h\n";

    private final RunningApi api = new RunningApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void saysWhatAJobWouldCostAndKeepsNothing() {
        HttpResponse<String> answer = api.user("POST", "/v1/plan", EXPECTED);
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode plan = json(answer);
        assertThat(plan.at("/estimate/cost/expected/amount").decimalValue()).isEqualByComparingTo("12.5");
        assertThat(plan.at("/estimate/budget/whose").asText()).isEqualTo("owner ann");
        assertThat(plan.at("/work").asText()).isEqualTo("2d");
        assertThat(plan.at("/start/code").asText()).isEqualTo("NODE_STARTING");
        assertThat(api.diary).containsExactly("plan job for user");
        assertThat(api.gateway.jobs(POOL)).isZero();
    }

    @Test
    void withoutAnEstimateThePriceIsStillTold() {
        JsonNode plan = json(api.user("POST", "/v1/plan", JOB));
        assertThat(plan.has("estimate")).isFalse();
        assertThat(plan.at("/spotPerShardHour/currency").asText()).isEqualTo("USD");
    }

    @Test
    void refusesWhatASubmissionRefuses() {
        for (String body : new String[] {
            "{\"shards\": 0, \"retrys\": 1, \"train\": {\"data\": {\"path\": \"/gone\"}}}",
            JOB.replace("{\"name\"", "{\"pool\": \"west\", \"name\"")
        }) {
            HttpResponse<String> refused = api.user("POST", "/v1/plan", body);
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(json(refused).at("/errors"))
                    .isEqualTo(json(api.user("POST", "/v1/jobs", body)).at("/errors"));
        }
        HttpResponse<String> after = api.user("POST", "/v1/plan", EXPECTED + "after: [j-0]");
        assertThat(json(after).at("/errors/0/field").asText()).isEqualTo("after");
        assertThat(api.gateway.jobs(POOL)).isZero();
    }
}
