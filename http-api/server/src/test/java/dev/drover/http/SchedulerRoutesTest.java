package dev.drover.http;

import static dev.drover.http.RunningApi.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.api.SchedulerState;
import dev.drover.protocol.api.SchedulerView;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedulerRoutesTest {
    @Test
    void schedulersAreShownToOperators() {
        try (RunningApi api = new RunningApi()) {
            api.schedulers.add(new SchedulerView(
                    "10.0.0.5:25520",
                    SchedulerState.UP,
                    List.of(RunningApi.POOL),
                    12,
                    Instant.parse("2026-03-01T12:00:00Z"),
                    true));
            HttpResponse<String> answer = api.admin("GET", "/v1/schedulers", "");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(json(answer).at("/schedulers/0"))
                    .hasToString(
                            "{\"address\":\"10.0.0.5:25520\",\"state\":\"UP\",\"pools\":[\"default\"],\"agents\":12,"
                                    + "\"heardAt\":\"2026-03-01T12:00:00Z\",\"asked\":true}");
            assertThat(api.get("/v1/schedulers").statusCode()).isEqualTo(403);
        }
    }

    @Test
    void whereTheDatabaseDoesNotAnswerItIsAskedAgainLater() {
        try (RunningApi api = new RunningApi()) {
            api.schedulersFail = true;
            HttpResponse<String> answer = api.admin("GET", "/v1/schedulers", "");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
    }
}
