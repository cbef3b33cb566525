package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandsTest {
    private final FakeServer server = new FakeServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void queue() {
        server.answer("GET /v1/jobs?limit=100&state=running", 200, "{\"jobs\": [" + Samples.job("WAITING") + "]}");
        assertThat(Ran.command(server, "queue", "--state", "running").out()).isEqualTo("""
            JOB  NAME  POOL     STATE    SHARDS  STEP     SPENT       WHY
            j-1  tiny  default  WAITING  1       120/300  0.0125 USD  No zone has a cpu-small now
            """);
    }

    @Test
    void show() {
        server.answer("GET /v1/jobs/j-1", 200, Samples.job("WAITING"));
        assertThat(Ran.command(server, "show", "j-1").out()).isEqualTo("""
            j-1  tiny  WAITING in pool default
            why: No zone has a cpu-small now (NO_CAPACITY)
            spent 0.0125 USD; on demand it would have been 0.05 USD (75% less)
            spent on: useful 93.6%, start-up 6.4%

            SHARD  STATE    STEP     GENERATION  NODE    TO  WHY
            0      RUNNING  120/300  2           node-1

            shard 0, generation 1, from step 0: node-1, zone-a cpu-small on-demand
              began  No spot anywhere
            """);
    }

    @Test
    void poolsNodesAndCost() {
        server.answer("GET /v1/pools", 200, Samples.pools())
                .answer("GET /v1/pools/default/nodes", 200, Samples.nodes())
                .answer("GET /v1/pools/default/cost", 200, Samples.COST);
        assertThat(Ran.command(server, "pools").out()).isEqualTo("""
            POOL     MODE       PROVIDER  NODES         LIMITS  RUNNING  QUEUED  SPENT       STATE
            default  SPOT_ONLY  local     1 of 2 ready  0 to 8  1        3       0.0125 USD  paused
            no answer from pool west: what is live there is missing here
            """);
        assertThat(Ran.command(server, "nodes").out()).isEqualTo("""
            NODE    POOL     MEMBERSHIP  MARKET                      PRICE      RUNS     SILENT FOR  WHY
            node-1  default  READY       zone-a cpu-small on-demand  0.3 USD/h  j-1/0@2  400ms       No spot anywhere
            node-2  default  READY                                                                   No spot anywhere \
            [cloud: more likely to be taken, since 2026-03-03T11:00:00Z]
            node-3  default  DRAINING                                                                No spot anywhere
            """);
        assertThat(Ran.command(server, "cost", "default").out()).isEqualTo("""
            POOL     COST                                                                SPENT ON
            default  spent 0.0125 USD; on demand it would have been 0.05 USD (75% less)  useful 93.6%, start-up 6.4%
            """);
    }

    @Test
    void schedulers() {
        server.answer("GET /v1/schedulers", 200, """
            {"schedulers": [
              {"address": "10.0.0.5:25520", "state": "UP", "pools": ["default", "west"], "agents": 12,
               "heardAt": "2026-03-01T12:00:00Z", "asked": true},
              {"address": "10.0.0.6:25520", "state": "UNREACHABLE", "pools": [], "agents": 0,
               "heardAt": "2026-03-01T11:59:50Z", "asked": false}]}
            """);
        assertThat(Ran.command(server, "schedulers").out()).isEqualTo("""
            SCHEDULER       STATE         AGENTS  HEARD AT              POOLS
            10.0.0.5:25520  UP (answers)  12      2026-03-01T12:00:00Z  default, west
            10.0.0.6:25520  UNREACHABLE   0       2026-03-01T11:59:50Z
            """);
    }

    @Test
    void costSaysOfWhichBudgetAndWhoSpentIt() {
        server.answer(
                        "GET /v1/pools",
                        200,
                        "{\"pools\": [{\"spec\": {\"name\": \"a\"}}, {\"spec\": {\"name\": \"b\"}}]}")
                .answer("GET /v1/pools/a/cost", 200, Samples.POOL_COST)
                .answer("GET /v1/pools/b/cost", 200, Samples.COST);
        assertThat(Ran.command(server, "cost").out()).isEqualTo("""
            POOL  COST                                                                         SPENT ON
            a     spent 0.0125 USD of 5 USD; on demand it would have been 0.05 USD (75% less)  useful 93.6%, start-up 6.4%
            b     spent 0.0125 USD; on demand it would have been 0.05 USD (75% less)           useful 93.6%, start-up 6.4%

            POOL  OWNER  SPENT      RESERVED   BUDGET
            a     ann    0.011 USD  0.002 USD  0.5 USD
            a     bob    0.002 USD  0 USD
            """);
    }

    @Test
    void markets() {
        server.answer("GET /v1/pools/default/markets", 200, """
            {"markets": [{"market": %s, "pricePerHour": {"amount": 0.3, "currency": "USD"}, "used": true,
              "resources": {"accelerator": "cpu", "count": 2, "memory": "4GiB"},
              "lastRefusal": {"kind": "NO_CAPACITY", "message": "none left"}}]}\
            """.formatted(Samples.MARKET));
        assertThat(Ran.command(server, "markets", "default").out()).isEqualTo("""
            MARKET                      POOL     PRICE      HAS    USED  LEFT ALONE UNTIL  LAST REFUSAL
            zone-a cpu-small on-demand  default  0.3 USD/h  2 cpu  yes                     NO_CAPACITY: none left
            """);
    }

    @Test
    void evictFindsTheNodesPool() {
        server.answer("GET /v1/pools", 200, Samples.pools())
                .answer("GET /v1/pools/default/nodes", 200, Samples.nodes())
                .answer("POST /v1/pools/default/nodes/node-1/evict", 202, "{}");
        assertThat(Ran.command(server, "evict", "node-1", "--notice", "30s").out())
                .isEqualTo("node node-1 is being evicted with 30s of notice\n");
        assertThat(server.asked().getLast().body()).isEqualTo("{\"notice\":\"30s\"}");
        assertThat(Ran.command(server, "evict", "node-1").out())
                .isEqualTo("node node-1 is being evicted without notice\n");
        assertThat(server.asked().getLast().body()).isEmpty();
        assertThat(Ran.command(server, "drain", "node-9").code()).isEqualTo(ExitCodes.BAD_INPUT);
    }

    @Test
    void budget() {
        String budgeted = Samples.job("WAITING")
                .replace("\"spec\": {", "\"spec\": {\"budget\": {\"amount\": 40.0, \"currency\": \"USD\"}, ");
        server.answer("PATCH /v1/jobs/j-1", 200, budgeted);
        assertThat(Ran.command(server, "budget", "j-1", "40 USD").out())
                .isEqualTo("j-1: spent 0.0125 USD of 40 USD; on demand it would have been 0.05 USD (75% less)\n");
        assertThat(server.asked().getLast().body()).isEqualTo("{\"budget\":\"40 USD\"}");
        assertThat(Ran.command(server, "budget", "j-1", "none").code()).isZero();
        assertThat(server.asked().getLast().body()).isEqualTo("{\"budget\":null}");
    }

    @Test
    void scalePauseAndResume() {
        server.answer("POST /v1/pools/default/scale", 200, "{}")
                .answer("POST /v1/pools/default/pause", 200, "{}")
                .answer("POST /v1/pools/default/resume", 200, "{}");
        assertThat(Ran.command(server, "scale", "default", "--min", "1", "--max", "3")
                        .out())
                .isEqualTo("pool default keeps 1 to 3 nodes\n");
        assertThat(server.asked().getFirst().body()).isEqualTo("{\"minNodes\": 1, \"maxNodes\": 3}");
        assertThat(Ran.command(server, "pause", "default").code()).isZero();
        assertThat(Ran.command(server, "resume", "default").code()).isZero();
    }

    @Test
    void poolCreate(@TempDir Path dir) throws IOException {
        server.answer("PUT /v1/pools/west", 201, "{}");
        Path file = Files.writeString(dir.resolve("pool.yaml"), "name: west\nmaxNodes: 2");
        assertThat(Ran.command(server, "pool", "create", file.toString()))
                .isEqualTo(new Ran(0, "pool west is created\n", ""));
        assertThat(server.asked().getLast().body()).isEqualTo("{\"name\":\"west\",\"maxNodes\":2}");
        assertThat(Ran.command(server, "pool", "update", file.toString()))
                .isEqualTo(new Ran(2, "", "there is no pool west; 'drover pool create' makes it\n"));
        server.answer("GET /v1/pools/west", 200, "{}");
        assertThat(Ran.command(server, "pool", "create", file.toString()))
                .isEqualTo(new Ran(2, "", "there is a pool west already; 'drover pool update' gives it a new spec\n"));
        assertThat(Ran.command(server, "pool", "update", file.toString()))
                .isEqualTo(new Ran(0, "pool west is updated\n", ""));
        assertThat(Ran.command(server, "pool").code()).isEqualTo(ExitCodes.BAD_INPUT);
    }

    @Test
    void telemetryAndLogs() {
        String csv = "job,shard\nj-1,0\n";
        String path = "GET /v1/jobs/j-1/telemetry?afterStep=0&points=";
        server.answer("GET /v1/jobs/j-1", 200, Samples.job("RUNNING"))
                .answer(path + "0&superseded=false&format=csv", 200, csv)
                .answer(path + "20&superseded=false", 200, """
                    {"points": [{"shard": 0, "step": 1, "loss": "NaN", "tokensPerSecond": 10.4, "pauseMillis": 0.0,
                      "generation": 1, "node": "node-1", "zone": "zone-a", "capacityType": "SPOT"}]}\
                    """)
                .answer("GET /v1/jobs/j-1/logs?shard=0&follow=true", 200, "one\ntwo\n");
        assertThat(Ran.command(server, "telemetry", "j-1", "--csv").out()).isEqualTo(csv);
        assertThat(Ran.command(server, "telemetry", "j-1").out()).isEqualTo("""
            SHARD  STEP  LOSS  EVAL  TOKENS/S  PAUSE  GENERATION  NODE    ZONE    TYPE
            0      1     NaN         10        0 ms   1           node-1  zone-a  SPOT
            """);
        assertThat(Ran.command(server, "logs", "-f", "--shard", "0", "j-1").out())
                .isEqualTo("one\ntwo\n");
    }

    @Test
    void plan(@TempDir Path dir) throws IOException {
        server.answer("POST /v1/plan", 200, Samples.PLAN);
        String file = Files.writeString(dir.resolve("job.yaml"), "name: tiny\ncommand: [a]\ncomputeTime: 48h")
                .toString();
        assertThat(Ran.command(server, "plan", file).out()).isEqualTo("""
            tiny in pool default, shards: 2, 2d of work each
            cost      12.5 USD expected, 10 USD to 20 USD in 80% of the futures; on demand 48 USD
            done      2026-03-03T12:00:00Z expected, 2026-03-03T11:00:00Z to no end in sight
            deadline  2026-03-04T00:00:00Z, met in 99.5%
            budget    15 USD, enough in 80%
            hours     40.5 on spot, 7.5 on demand; 2.3 moves a shard
            price     0.3 USD on spot, 1 USD on demand, per shard and hour
            now       it would say: Node node-1 is starting (NODE_STARTING)
            ahead     3 shards wait and come first
            because   Each shard trains for 2d, as its computeTime says.
            because   400 futures were drawn.
            """);
        assertThat(server.asked().getLast().body()).contains("\"computeTime\":\"48h\"");
        JsonNode json = DroverJson.mapper()
                .readTree(Ran.command(server, "plan", file, "--json").out());
        assertThat(json.at("/estimate/futures").asInt()).isEqualTo(400);
        Path bad = Files.writeString(dir.resolve("bad.yaml"), "shards: 0\ncommand: [a]");
        assertThat(Ran.command(server, "plan", bad.toString()))
                .isEqualTo(new Ran(2, "", "shards: '0' is not allowed; use a whole number from 1 to 64\n"));
    }

    @ParameterizedTest
    @CsvSource({"owner ann, ' left of owner ann'", "pool default, ' left of pool default'", "job, ''"})
    void aPlanSaysWhoseBudgetIsTheTightest(String whose, String said, @TempDir Path dir) throws IOException {
        String told = "\"whose\": \"%s\", \"limit\"".formatted(whose);
        server.answer("POST /v1/plan", 200, Samples.PLAN.replace("\"limit\"", told));
        Path file = Files.writeString(dir.resolve("job.yaml"), "command: [a]");
        assertThat(Ran.command(server, "plan", file.toString()).out())
                .contains("budget    15 USD" + said + ", enough in 80%\n");
    }

    @Test
    void aPlanWithoutAnEstimateSaysThePrice(@TempDir Path dir) throws IOException {
        server.answer("POST /v1/plan", 200, """
                {"pool": "default", "shards": 1, "ahead": 0, "start": {"code": "POOL_FULL", "text": "It is full."},
                 "onDemandPerShardHour": {"amount": 1, "currency": "USD"}, "because": ["Nobody knows."]}\
                """);
        Path file = Files.writeString(dir.resolve("job.yaml"), "command: [a]");
        assertThat(Ran.command(server, "plan", file.toString()).out()).isEqualTo("""
            a job in pool default, shards: 1
            price    1 USD on demand, per shard and hour
            now      it would say: It is full. (POOL_FULL)
            because  Nobody knows.
            """);
    }

    @Test
    void cancelAndWhatPeopleTypeStaysOneSegment() {
        server.answer("DELETE /v1/jobs/j-1", 200, Samples.job("CANCELLED"));
        assertThat(Ran.command(server, "cancel", "j-1").out()).isEqualTo("j-1 is CANCELLED\n");
        Ran.command(server, "cancel", "../pools/a b");
        assertThat(server.asked().getLast().request()).isEqualTo("DELETE /v1/jobs/..%2Fpools%2Fa%20b");
        for (String noName : new String[] {"", ".", ".."}) {
            assertThat(Ran.command(server, "show", noName))
                    .isEqualTo(new Ran(
                            2, "", "'" + noName + "' is no name; 'drover queue', 'pools' and 'nodes' list them\n"));
        }
    }

    @Test
    void exitCodesSayWhoseFaultItIs() {
        assertThat(Ran.command(server, "show", "j-none"))
                .isEqualTo(new Ran(2, "", "there is no GET /v1/jobs/j-none\n"));
        assertThat(Ran.plain("queue", "--url", server.url(), "--token", "wrong"))
                .isEqualTo(new Ran(3, "", "the token sent is not known here\n"));
        String gone = server.url();
        server.close();
        Ran unreachable = Ran.plain("queue", "--url", gone, "--token", "x");
        assertThat(unreachable.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(unreachable.err()).startsWith("can't reach " + gone);
        assertThat(Ran.plain("queue", "--url", "ftp://x", "--token", "x").code())
                .isEqualTo(ExitCodes.BAD_INPUT);
        assertThat(Ran.plain("qeue").code()).isEqualTo(ExitCodes.BAD_INPUT);
        assertThat(Ran.plain("scale", "default").code()).isEqualTo(ExitCodes.BAD_INPUT);
    }

    @Test
    void theServerIsFoundInTheDataDirectory(@TempDir Path dir) throws IOException {
        Ran unknown = Ran.plain("pools", "--home", dir.toString());
        assertThat(unknown.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(unknown.err()).startsWith("no server is known: start one with './drover up'");
        Files.writeString(
                dir.resolve("client.json"),
                "{\"url\": \"%s/\", \"userToken\": \"u\", \"adminToken\": \"%s\"}"
                        .formatted(server.url(), FakeServer.TOKEN));
        server.answer("GET /v1/pools", 200, Samples.pools());
        Ran found = Ran.plain("--home", dir.toString(), "pools", "--json");
        assertThat(found.code()).isZero();
        assertThat(DroverJson.mapper()
                        .readTree(found.out())
                        .at("/pools/0/nodes")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void theTokensOfOneServerAreSentToNoOther(@TempDir Path dir) throws IOException {
        Files.writeString(
                dir.resolve("client.json"),
                "{\"url\": \"http://127.0.0.1:1\", \"adminToken\": \"%s\"}".formatted(FakeServer.TOKEN));
        Ran refused = Ran.plain("pools", "--home", dir.toString(), "--url", server.url());
        assertThat(refused)
                .isEqualTo(new Ran(
                        3,
                        "",
                        server.url()
                                + " asks for a token; set --token or DROVER_TOKEN (those in --home are sent only to"
                                + " the server they are of)\n"));
        assertThat(server.asked().getFirst().headers()).doesNotContainKey("Authorization");
        Ran own = Ran.plain("pools", "--home", dir.toString(), "--url", "http://127.0.0.1:1/");
        assertThat(own.err()).startsWith("can't reach http://127.0.0.1:1 ");
    }

    @Test
    void theVersionIsSaid() {
        assertThat(Ran.plain("--version").out()).startsWith("drover ");
        assertThat(Ran.plain("queue", "--version").out()).startsWith("drover ");
    }

    @Test
    void otherCommandsCanBeAdded() {
        CommandLine line = DroverCli.commandLine(new CommandLine(new Up()));
        assertThat(line.execute("up")).isEqualTo(7);
        assertThat(line.getUsageMessage()).contains("Starts everything.", "submit", "the job failed or was cancelled");
    }

    @Command(name = "up", description = "Starts everything.")
    private static final class Up implements Callable<Integer> {
        @Override
        public Integer call() {
            return 7;
        }
    }
}
