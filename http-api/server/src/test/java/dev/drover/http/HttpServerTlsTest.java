package dev.drover.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.certs.CertificateAuthority;
import dev.drover.certs.CertificateAuthority.Issued;
import dev.drover.certs.Host;
import dev.drover.protocol.tls.RotatingTls;
import dev.drover.protocol.tls.TlsFiles;
import dev.drover.protocol.tls.TrustedCa;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HttpServerTlsTest {
    private static final Host HOST = new Host("127.0.0.1");
    private static final Duration DAY = Duration.ofDays(1);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final List<String> said = new ArrayList<>();
    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "tls-test");

    @SuppressWarnings("NullAway.Init")
    private CertificateAuthority ca;

    @SuppressWarnings("NullAway.Init")
    private ServerBinding binding;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeEach
    void bind() throws IOException {
        ca = authority("ours");
        Issued issued = ca.issue(HOST, DAY);
        TlsFiles files = new TlsFiles(issued.certificate(), issued.key(), ca.certificate());
        Optional<RotatingTls> tls = Optional.of(RotatingTls.of(files, now::get, said::add));
        binding = HttpServer.bind(system, HOST.name(), 0, tls, Directives.complete("ok"))
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void end() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    @Test
    void replacedFilesAreShownOnNewConnections() throws Exception {
        BigInteger first = shown();
        assertThat(shown()).isEqualTo(first);
        ca.issue(HOST, DAY);
        now.updateAndGet(instant -> instant.plusSeconds(3));
        assertThat(shown()).isNotEqualTo(first);
        assertThat(said).isEmpty();
    }

    @Test
    void aClientThatTrustsAnotherCaGoesAway() throws IOException {
        SSLContext other = TrustedCa.file(authority("theirs").certificate());
        assertThatThrownBy(() -> get("https", other)).isInstanceOf(SSLHandshakeException.class);
        assertThatThrownBy(() -> get("https", SSLContext.getDefault())).isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void plainHttpIsNotServed() throws IOException {
        SSLContext trusted = TrustedCa.file(ca.certificate());
        assertThatThrownBy(() -> get("http", trusted))
                .isInstanceOf(IOException.class)
                .as("what the command line knows plain http at an https port by")
                .hasMessageMatching("(?s).*(status line|header parser received no bytes).*");
    }

    private CertificateAuthority authority(String name) throws IOException {
        return CertificateAuthority.in(directory.resolve(name), InstantSource.system(), new SecureRandom());
    }

    /** The serial number of the certificate that a new connection is shown. */
    private BigInteger shown() throws Exception {
        HttpResponse<String> response = get("https", TrustedCa.file(ca.certificate()));
        assertThat(response.body()).isEqualTo("ok");
        X509Certificate shown =
                (X509Certificate) response.sslSession().orElseThrow().getPeerCertificates()[0];
        return shown.getSerialNumber();
    }

    private HttpResponse<String> get(String scheme, SSLContext context) throws IOException, InterruptedException {
        URI uri = URI.create(
                scheme + "://" + HOST.name() + ":" + binding.localAddress().getPort() + "/");
        try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
