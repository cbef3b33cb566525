package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.cli.Servers.Repeat;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several servers of one cluster, of which some refuse, break off, or answer 503. */
@Timeout(60)
class ServersTest {
    private static final String NOBODY = "http://127.0.0.1:1";
    private static final String SILENT = "{\"detail\": \"pool default did not answer\"}";

    private final FakeServer first = new FakeServer();
    private final FakeServer second = new FakeServer();
    private final Slept slept = new Slept();
    private final StringWriter said = new StringWriter();

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    @Test
    void whereOneRefusesTheNextIsAskedAndPeopleAreTold() {
        first.answer("GET /v1/pools", 200, Samples.pools());
        Ran ran = ask(NOBODY + "," + first.url(), "pools", "--json");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("\"default\"");
        assertThat(ran.err()).isEqualTo(NOBODY + " does not answer (ConnectException); trying " + first.url() + "\n");
    }

    @Test
    void theServerThatAnsweredIsAskedFirstFromThenOn() {
        first.answer("GET /v1/pools", 200, Samples.pools()).answer("GET /v1/pools/default/nodes", 200, Samples.nodes());
        Ran ran = ask(NOBODY + "," + first.url(), "nodes");
        assertThat(ran.code()).isZero();
        assertThat(ran.err().lines()).hasSize(1);
    }

    @Test
    void anAnswerThatBreaksOffIsFetchedElsewhereWhole() {
        first.broken("GET /v1/pools", "{\"pools\": [");
        second.answer("GET /v1/pools", 200, Samples.pools());
        Ran ran = ask(first.url() + "," + second.url(), "pools", "--json");
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).startsWith(first.url() + " does not answer (").endsWith("trying " + second.url() + "\n");
    }

    @Test
    void aSubmissionThatMayHaveBeenMadeIsSentElsewhereUnderTheSameKey(@TempDir Path dir) throws IOException {
        first.broken("POST /v1/jobs", "{\"id\": ");
        second.answer("POST /v1/jobs", 503, SILENT).answer("POST /v1/jobs", 200, Samples.job("QUEUED"));
        String job = Files.writeString(dir.resolve("job.yaml"), "command: [a]").toString();
        Ran ran = ask(first.url() + "," + second.url(), "submit", job);
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).startsWith("j-1 was submitted before, under this key");
        List<FakeServer.Asked> asked = new ArrayList<>(first.asked());
        asked.addAll(second.asked());
        assertThat(asked)
                .hasSize(4)
                .allSatisfy(one -> assertThat(one.headers()).containsEntry("Idempotency-key", "generated-key"));
    }

    @Test
    void whatMustNotBeDoneTwiceIsAskedElsewhereOnlyIfItDidNotArrive() {
        String evict = "POST /v1/pools/default/nodes/node-1/evict";
        first.answer("GET /v1/pools", 200, Samples.pools())
                .answer("GET /v1/pools/default/nodes", 200, Samples.nodes())
                .answer(evict, 503, SILENT);
        Ran ran = ask(NOBODY + "," + first.url() + "," + second.url(), "evict", "node-1");
        assertThat(ran.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(ran.err()).endsWith("pool default did not answer\n");
        assertThat(second.asked()).isEmpty();

        first.close();
        second.answer("GET /v1/pools", 200, Samples.pools())
                .answer("GET /v1/pools/default/nodes", 200, Samples.nodes())
                .answer(evict, 200, "{}");
        assertThat(ask(first.url() + "," + second.url(), "evict", "node-1").code())
                .isZero();
    }

    @Test
    void aStreamThatBreaksOffGoesOnElsewhereAfterWhatWasSeen() {
        String events = "GET /v1/jobs/j-1/events?telemetry=true";
        first.answer("GET /v1/jobs/j-1", 200, Samples.job("RUNNING"))
                .broken(events, "id: 7\nevent: job\ndata: {\"at\": \"2026-03-01T12:00:00Z\", \"text\": \"placed\"}\n\n")
                .answer(events, 503, SILENT);
        second.answer(events, 200, "id: 8\nevent: end\ndata: {\"job\": \"j-1\", \"state\": \"SUCCEEDED\"}\n\n");
        Ran ran = ask(first.url() + "," + second.url(), "telemetry", "j-1", "--follow");
        assertThat(ran.code()).isZero();
        assertThat(ran.err().lines().filter(line -> line.endsWith("  placed"))).hasSize(1);
        assertThat(ran.err()).contains(first.url() + " can't answer now (503); trying " + second.url());
        assertThat(second.asked().getFirst().headers()).containsEntry("Last-event-id", "7");
    }

    @Test
    void whatIsRefusedForGoodIsNotAskedElsewhere() {
        first.answer("GET /v1/jobs/j-9", 404, "{\"detail\": \"there is no job j-9\"}");
        assertThat(ask(first.url() + "," + second.url(), "show", "j-9"))
                .isEqualTo(new Ran(2, "", "there is no job j-9\n"));
        assertThat(second.asked()).isEmpty();
    }

    @Test
    void patienceBridgesAFailoverAndEnds() {
        Servers servers = servers("http://a", "http://b");
        assertThatThrownBy(() -> servers.ask(Repeat.FREELY, server -> refused()))
                .isInstanceOf(CliException.class)
                .hasMessage("nobody answers: http://a does not answer (ConnectException), http://b does not answer"
                        + " (ConnectException); start it");
        assertThat(slept.total).isBetween(Patience.LIMIT, Patience.LIMIT.plusSeconds(2));
        assertThat(said.toString().lines())
                .containsExactly(
                        "http://a does not answer (ConnectException); trying http://b",
                        "http://b does not answer (ConnectException); asking again for up to 30 s");
    }

    @Test
    void aSoleServerIsWaitedForOnlyWhereAStreamWasOpen() {
        Servers servers = servers("http://a");
        assertThatThrownBy(() -> servers.ask(Repeat.FREELY, server -> refused()))
                .hasMessage("can't reach http://a (ConnectException); start it");
        assertThat(slept.total).isZero();
        assertThatThrownBy(() -> servers.ask(Repeat.EVEN_IF_ALONE, server -> refused()))
                .isInstanceOf(CliException.class);
        assertThat(slept.total).isGreaterThanOrEqualTo(Patience.LIMIT);
    }

    @Test
    void whoAsksForAPauseGetsItUpToTheLimit() {
        Patience patience = new Patience(Patience.LIMIT, () -> slept.total.toNanos(), slept::sleep);
        Patience.Wait wait = patience.begin();
        wait.pause(Duration.ofSeconds(4));
        assertThat(slept.total).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(6));
        wait.pause(Duration.ofHours(1));
        assertThat(slept.total).isEqualTo(Patience.LIMIT);
    }

    private static HttpResponse<String> refused() throws IOException {
        throw new ConnectException();
    }

    private Servers servers(String... urls) {
        Patience patience = new Patience(Patience.LIMIT, () -> slept.total.toNanos(), slept::sleep);
        List<URI> all = List.of(urls).stream().map(URI::create).toList();
        return new Servers(all, patience, failure -> "start it", new PrintWriter(said, true));
    }

    private static Ran ask(String urls, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--url", urls, "--token", FakeServer.TOKEN));
        return Ran.plain(all.toArray(String[]::new));
    }

    /** Time that passes only by sleeping. */
    private static final class Slept {
        private Duration total = Duration.ZERO;

        void sleep(Duration pause) {
            total = total.plus(pause);
        }
    }
}
