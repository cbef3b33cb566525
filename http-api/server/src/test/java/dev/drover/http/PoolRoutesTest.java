package dev.drover.http;

import static dev.drover.http.RunningApi.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.id.PoolName;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolRoutesTest {
    private final RunningApi api = new RunningApi();

    PoolRoutesTest() {
        api.gateway.put(RunningApi.POOL, Views.node(Views.NODE));
        api.gateway.put(RunningApi.POOL, Views.market());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void createsAPoolAndChangesIt() {
        HttpResponse<String> created =
                api.admin("PUT", "/v1/pools/west", "mode: on-demand\nmaxNodes: 3", "Content-Type", "application/yaml");
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(json(created).at("/spec/mode").asText()).isEqualTo("ON_DEMAND");
        assertThat(json(created).at("/spec/lease/length").asText()).isEqualTo("15s");
        assertThat(api.readModel.pools()).containsExactly(new PoolName("west"));
        assertThat(api.admin("PUT", "/v1/pools/west", "{\"maxNodes\": 4}").statusCode())
                .isEqualTo(200);
        assertThat(json(api.get("/v1/pools/west")).at("/spec/maxNodes").asInt()).isEqualTo(4);
        assertThat(json(api.get("/v1/pools")).at("/pools")).hasSize(2);
    }

    @Test
    void aPoolSaysHowItBuys() {
        HttpResponse<String> created = api.admin("PUT", "/v1/pools/west", """
            {"policy": "greedy",
             "ladder": [{"maxPrice": "3.5 USD"},
               {"capacityType": "on-demand", "accelerator": "a100", "spendLimit": {"amount": 15, "currency": "USD"}}],
             "fallbackAfter": "10m", "rebalance": {"mode": "prepare"}, "preemption": true,
             "budget": "500 USD", "ownerBudgets": {"user": "200 USD"}, "protectedTime": "1h"}
            """);
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(json(created).at("/spec/policy").asText()).isEqualTo("GREEDY");
        assertThat(json(created).at("/spec/ladder/0/maxPrice/amount").asDouble())
                .isEqualTo(3.5);
        assertThat(json(created).at("/spec/ownerBudgets/user/currency").asText())
                .isEqualTo("USD");
        HttpResponse<String> again =
                api.admin("PUT", "/v1/pools/west", json(created).at("/spec").toString());
        assertThat(json(again)).isEqualTo(json(created));
    }

    @Test
    void scalesPausesAndResumes() {
        assertThat(json(api.admin("POST", "/v1/pools/default/scale", "{\"minNodes\": 1, \"maxNodes\": 2}"))
                        .at("/spec/minNodes")
                        .asInt())
                .isEqualTo(1);
        assertThat(json(api.admin("POST", "/v1/pools/default/pause", ""))
                        .at("/paused")
                        .asBoolean())
                .isTrue();
        assertThat(json(api.admin("POST", "/v1/pools/default/resume", ""))
                        .at("/paused")
                        .asBoolean())
                .isFalse();
        HttpResponse<String> refused = api.admin("POST", "/v1/pools/default/scale", "{\"minNodes\": -1}");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(json(refused).at("/errors").findValuesAsText("field")).containsExactly("maxNodes", "minNodes");
    }

    @Test
    void showsNodesMarketsAndCost() {
        assertThat(json(api.get("/v1/pools/default/nodes"))
                        .at("/nodes/0/silence")
                        .asText())
                .isEqualTo("1500ms");
        assertThat(json(api.get("/v1/pools/default/markets"))
                        .at("/markets/0/lastRefusal/kind")
                        .asText())
                .isEqualTo("NO_CAPACITY");
        assertThat(json(api.get("/v1/pools/default/nodes"))
                        .at("/nodes/0/rebalanceSince")
                        .asText())
                .isEqualTo(Views.NOON.minusSeconds(120).toString());
        JsonNode cost = json(api.get("/v1/pools/default/cost"));
        assertThat(cost.properties().stream().map(Map.Entry::getKey))
                .containsExactly(
                        "spent", "onDemand", "switchBacks", "byCapacityType", "byCategory", "budget", "owners");
        assertThat(cost.at("/spent/amount").asDouble()).isEqualTo(0.0125);
        assertThat(cost.at("/budget/limit/amount").asInt()).isEqualTo(5);
        assertThat(cost.at("/owners/0/budget/amount").asDouble()).isEqualTo(0.5);
        assertThat(cost.at("/owners/1").has("budget")).isFalse();
    }

    @Test
    void drainsAndEvictsNodes() {
        assertThat(api.admin("POST", "/v1/pools/default/nodes/node-1/drain", "").statusCode())
                .isEqualTo(202);
        HttpResponse<String> warned =
                api.admin("POST", "/v1/pools/default/nodes/node-1/evict", "{\"notice\": \"30s\"}");
        assertThat(json(warned).at("/notice").asText()).isEqualTo("30s");
        assertThat(json(api.admin("POST", "/v1/pools/default/nodes/node-1/evict", ""))
                        .has("notice"))
                .isFalse();
        assertThat(api.diary).containsExactly("evict node-1 Optional[PT30S]", "evict node-1 Optional.empty");
        HttpResponse<String> unknown = api.admin("POST", "/v1/pools/default/nodes/node-9/evict", "");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json(unknown).at("/detail").asText()).isEqualTo("there is no node node-9");
        assertThat(api.admin("POST", "/v1/pools/default/nodes/node-1/evict", "{\"notice\": \"soon\"}")
                        .statusCode())
                .isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /v1/pools/default",
        "POST, /v1/pools/default/scale",
        "POST, /v1/pools/default/pause",
        "POST, /v1/pools/default/resume",
        "POST, /v1/pools/default/nodes/node-1/drain",
        "POST, /v1/pools/default/nodes/node-1/evict",
    })
    void aUserMayNot(String method, String path) {
        assertThat(api.user(method, path, "").statusCode()).isEqualTo(403);
        assertThat(api.diary).isEmpty();
    }

    @Test
    void unknownAndSilentPools() {
        HttpResponse<String> unknown = api.get("/v1/pools/west/nodes");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json(unknown).at("/detail").asText()).isEqualTo("there is no pool west");
        assertThat(api.admin("POST", "/v1/pools/west/pause", "").statusCode()).isEqualTo(404);
        api.gateway.silent.add(RunningApi.POOL);
        HttpResponse<String> silent = api.get("/v1/pools/default");
        assertThat(silent.statusCode()).isEqualTo(503);
        assertThat(silent.headers().firstValue("Retry-After")).contains("2");
        assertThat(json(api.get("/v1/pools")).at("/unanswered")).hasToString("[\"default\"]");
    }
}
