package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.certs.CertificateAuthority;
import dev.drover.certs.CertificateAuthority.Issued;
import dev.drover.certs.Host;
import dev.drover.protocol.tls.RotatingTls;
import dev.drover.protocol.tls.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private CertificateAuthority ca;

    @SuppressWarnings("NullAway.Init")
    private FakeServer server;

    @BeforeEach
    void start() throws IOException {
        ca = authority("ours");
        server = secured(ca, "127.0.0.1").answer("GET /v1/pools", 200, Samples.pools());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anHttpsServerIsAskedThatIsOfTheGivenCa() {
        Ran ran = Ran.command(server, "pools", "--ca", ca.certificate().toString());
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("default");
    }

    @Test
    void clientJsonNamesTheCaOfItsServerAndOfNoOther() throws IOException {
        String client = "{\"url\": \"%s\", \"adminToken\": \"%s\", \"ca\": \"ours/ca.pem\"}";
        Files.writeString(directory.resolve("client.json"), client.formatted(server.url(), FakeServer.TOKEN));
        assertThat(Ran.plain("pools", "--home", directory.toString()).code()).isZero();
        try (FakeServer other = secured(ca, "127.0.0.1")) {
            Ran refused = Ran.plain("pools", "--home", directory.toString(), "--url", other.url());
            assertThat(refused.code()).isEqualTo(ExitCodes.UNREACHABLE);
            assertThat(refused.err()).contains("is of no CA that this machine trusts");
        }
    }

    @Test
    void whoIsNotTrustedHearsNoToken() throws IOException {
        Path theirs = authority("theirs").certificate();
        Ran refused = Ran.command(server, "pools", "--ca", theirs.toString());
        assertThat(refused.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(refused.err())
                .startsWith("can't reach " + server.url() + " (")
                .endsWith("; its certificate is not of the CA in " + theirs + ": give its own with --ca or DROVER_CA\n")
                .doesNotContain(FakeServer.TOKEN);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidInASentence() throws IOException {
        String pem = ca.certificate().toString();
        List<String> plain = List.of(server.url().replace("https", "http"), "if it is https, use https://\n");
        try (ServerSocket open = plainHttp();
                FakeServer elsewhere = secured(ca, "drover-2.example.org")) {
            List<String> secured = List.of("https://127.0.0.1:" + open.getLocalPort(), "use http://\n");
            List<String> misnamed = List.of(
                    elsewhere.url(),
                    "its certificate is for another host: use the name or" + " address that it is for\n");
            for (List<String> row : List.of(plain, secured, misnamed)) {
                Ran ran = Ran.plain("pools", "--ca", pem, "--token", "t", "--url", row.getFirst());
                assertThat(ran.code()).isEqualTo(ExitCodes.UNREACHABLE);
                assertThat(ran.err())
                        .startsWith("can't reach " + row.getFirst())
                        .endsWith(row.getLast());
            }
        }
        String missing = directory.resolve("none.pem").toString();
        assertThat(Ran.command(server, "pools", "--ca", missing))
                .isEqualTo(new Ran(2, "", "ca: " + missing + ": is not there; give a file in PEM\n"));
    }

    /** What a plain server says to whom it does not understand. */
    private static ServerSocket plainHttp() throws IOException {
        ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try (Socket client = port.accept()) {
                byte[] hello = client.getInputStream().readNBytes(1);
                assertThat(hello).as("of a TLS handshake").containsExactly(22);
                client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().flush();
                client.getInputStream().readAllBytes();
            } catch (IOException e) {
                // The test is over.
            }
        });
        return port;
    }

    private CertificateAuthority authority(String name) throws IOException {
        return CertificateAuthority.in(directory.resolve(name), InstantSource.system(), new SecureRandom());
    }

    private static FakeServer secured(CertificateAuthority ca, String host) throws IOException {
        Issued issued = ca.issue(new Host(host), Duration.ofDays(1));
        TlsFiles files = new TlsFiles(issued.certificate(), issued.key(), ca.certificate());
        return new FakeServer(Optional.of(
                RotatingTls.of(files, InstantSource.system(), said -> {}).context()));
    }
}
