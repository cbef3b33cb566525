package dev.drover.http;

import static dev.drover.http.RunningApi.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class SystemRoutesTest {
    @Test
    void healthAndReadiness() {
        try (RunningApi api = new RunningApi()) {
            assertThat(json(api.send(api.request("/healthz")))).hasToString("{\"status\":\"ok\"}");
            assertThat(json(api.send(api.request("/readyz")))).hasToString("{\"status\":\"ready\",\"pools\":1}");
            api.readModel.healthy = false;
            assertThat(api.send(api.request("/readyz")).statusCode()).isEqualTo(503);
            api.readModel.healthy = true;
            api.member = false;
            assertThat(api.send(api.request("/readyz")).statusCode()).isEqualTo(503);
            api.member = true;
            assertThat(api.send(api.request("/readyz")).statusCode()).isEqualTo(200);
            api.gateway.broken = true;
            assertThat(api.send(api.request("/readyz")).statusCode()).isEqualTo(503);
            assertThat(api.send(api.request("/healthz")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void metricsOfRequestsAndPools() {
        try (RunningApi api = new RunningApi()) {
            api.gateway.put(RunningApi.POOL, Views.node(Views.NODE));
            api.user("POST", "/v1/jobs", RunningApi.JOB);
            api.get("/v1/jobs/j-1");
            HttpResponse<String> metrics = api.send(api.request("/metrics"));
            assertThat(metrics.body())
                    .contains(
                            "drover_http_requests_seconds_count{method=\"GET\",route=\"/v1/jobs/{job}\",status=\"200\"}"
                                    + " 1")
                    .contains("drover_jobs{pool=\"default\",state=\"queued\"} 1.0")
                    .contains("drover_nodes{capacity_type=\"spot\",instance_type=\"cpu-small\",membership=\"ready\","
                            + "pool=\"default\",zone=\"zone-a\"} 1.0")
                    .contains("drover_spend{capacity_type=\"spot\",currency=\"USD\",pool=\"default\"} 0.0125")
                    .contains("drover_budget{currency=\"USD\",pool=\"default\"} 5.0")
                    .contains("drover_owner_spend{currency=\"USD\",owner=\"bob\",pool=\"default\"} 0.002")
                    .contains("drover_owner_budget{currency=\"USD\",owner=\"ann\",pool=\"default\"} 0.5")
                    .doesNotContain("drover_owner_budget{currency=\"USD\",owner=\"bob\"")
                    .contains("drover_pool_up{pool=\"default\"} 1.0");
            api.gateway.silent.add(RunningApi.POOL);
            assertThat(api.send(api.request("/metrics")).body())
                    .contains("drover_pool_up{pool=\"default\"} 0.0")
                    .doesNotContain("drover_jobs{");
        }
    }

    @Test
    void metricsAskForATokenWhereTheyAreToldTo() {
        try (RunningApi api = new RunningApi(true)) {
            assertThat(api.send(api.request("/metrics")).statusCode()).isEqualTo(401);
            assertThat(api.get("/metrics").statusCode()).isEqualTo(200);
        }
    }
}
