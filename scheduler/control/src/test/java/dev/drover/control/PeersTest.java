package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kubernetes is played by a small server that answers as its API's reference documents a PodList. */
class PeersTest {
    private static final String PODS = """
        {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "4711"}, "items": [
          {"metadata": {"name": "drover-0", "namespace": "herd", "labels": {"app": "drover"}},
           "spec": {"containers": [{"name": "scheduler"}]},
           "status": {"phase": "Running", "podIP": "10.1.0.7", "podIPs": [{"ip": "10.1.0.7"}],
                      "conditions": [{"type": "Ready", "status": "False"}]}},
          {"metadata": {"name": "drover-1"}, "status": {"phase": "Running", "podIP": "10.1.0.8"}},
          {"metadata": {"name": "drover-2"}, "status": {"phase": "Pending"}},
          {"metadata": {"name": "drover-3", "deletionTimestamp": "2026-03-01T12:00:00Z"},
           "status": {"phase": "Running", "podIP": "10.1.0.9"}},
          {"metadata": {"name": "drover-4"}, "status": {"phase": "Failed", "podIP": "10.1.0.10"}}]}
        """;

    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path account;

    @SuppressWarnings("NullAway.Init")
    private HttpServer kubernetes;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(account.resolve("token"), "of-the-account\n");
        Files.writeString(account.resolve("namespace"), "herd");
        kubernetes = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        kubernetes.createContext("/", exchange -> {
            try (exchange) {
                String token = exchange.getRequestHeaders().getFirst("Authorization");
                asked.add(token + " " + exchange.getRequestURI());
                boolean known = "Bearer of-the-account".equals(token);
                byte[] body = (known ? PODS : "{\"kind\": \"Status\", \"status\": \"Failure\", \"code\": 403}")
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(known ? 200 : 403, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        kubernetes.start();
    }

    @AfterEach
    void stop() {
        kubernetes.stop(0);
    }

    @Test
    void podsThatHaveAnAddressAndLiveAreFoundByTheirLabel() throws IOException {
        assertThat(pods(Optional.empty()).addresses()).containsExactly("10.1.0.7:25520", "10.1.0.8:25520");
        assertThat(pods(Optional.of("other")).addresses()).hasSize(2);
        assertThat(asked)
                .containsExactly(
                        "Bearer of-the-account /api/v1/namespaces/herd/pods?labelSelector=app%3Ddrover",
                        "Bearer of-the-account /api/v1/namespaces/other/pods?labelSelector=app%3Ddrover");
    }

    @Test
    void aReplacedTokenIsReadAnewAndARefusalIsSaid() throws IOException {
        Files.writeString(account.resolve("token"), "expired");
        assertThatThrownBy(() -> pods(Optional.empty()).addresses())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("answered 403; may the service account list pods there?")
                .hasMessageNotContaining("expired");
        Files.writeString(account.resolve("token"), "of-the-account");
        assertThat(pods(Optional.empty()).addresses()).hasSize(2);
    }

    @Test
    void aNameIsEveryAddressThatItHasAndNoneWhileItIsNotKnown() throws IOException {
        Peers.Resolver resolver = name -> {
            if (name.equals("drover.internal")) {
                return new InetAddress[] {InetAddress.getByName("10.0.0.5"), InetAddress.getByName("10.0.0.6")};
            }
            throw new UnknownHostException(name);
        };
        Peers known = Peers.named("drover.internal", 25520, resolver);
        Peers unknown = Peers.named("drover.example", 25520, resolver);
        assertThat(known.addresses()).containsExactly("10.0.0.5:25520", "10.0.0.6:25520");
        assertThat(unknown.addresses()).isEmpty();
        assertThat(Peers.all(List.of(Peers.listed(List.of("a:1")), unknown, known))
                        .addresses())
                .containsExactly("a:1", "10.0.0.5:25520", "10.0.0.6:25520");
        assertThat(Peers.named("localhost", 1).addresses()).contains("127.0.0.1:1");
    }

    private Peers pods(Optional<String> namespace) {
        URI api = URI.create("http://127.0.0.1:" + kubernetes.getAddress().getPort());
        return new KubernetesPeers(api, account, namespace, "app=drover", 25520);
    }
}
