package dev.drover.protocol.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.drover.certs.CertificateAuthority;
import dev.drover.certs.CertificateAuthority.Issued;
import dev.drover.certs.Host;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RotatingTlsTest {
    private static final Host HOST = new Host("127.0.0.1");
    private static final Duration DAY = Duration.ofDays(1);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final List<String> said = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private CertificateAuthority ca;

    @SuppressWarnings("NullAway.Init")
    private TlsFiles files;

    @BeforeEach
    void issue() throws IOException {
        ca = CertificateAuthority.in(directory, InstantSource.system(), new SecureRandom());
        Issued issued = ca.issue(HOST, DAY);
        files = new TlsFiles(issued.certificate(), issued.key(), ca.certificate());
    }

    @Test
    void newConnectionsAreShownWhatIsInTheFilesNow() throws Exception {
        RotatingTls tls = RotatingTls.of(files, now::get, said::add);
        try (TlsPort port = new TlsPort(tls::context)) {
            X509Certificate first = shown(port);
            ca.issue(HOST, DAY);
            assertThat(shown(port)).as("looked at too early").isEqualTo(first);
            later();
            X509Certificate second = shown(port);
            assertThat(second.getSerialNumber()).isNotEqualTo(first.getSerialNumber());
        }
        assertThat(said).isEmpty();
    }

    @Test
    void theFormerIsKeptWhileNewFilesAreBrokenAndThatIsSaidOnce() throws Exception {
        RotatingTls tls = RotatingTls.of(files, now::get, said::add);
        try (TlsPort port = new TlsPort(tls::context)) {
            X509Certificate first = shown(port);
            byte[] key = Files.readAllBytes(files.key());
            ca.issue(HOST, DAY);
            byte[] renewed = Files.readAllBytes(files.key());
            Files.write(files.key(), key);
            for (int looks = 0; looks < 3; looks++) {
                later();
                assertThat(shown(port)).isEqualTo(first);
            }
            assertThat(said)
                    .containsExactly("new TLS files can't be used, the former stay in use: " + files.key()
                            + ": is not the key of " + files.certificate() + "; use the one that it was issued for");
            Files.write(files.key(), renewed);
            later();
            assertThat(shown(port)).isNotEqualTo(first);
        }
        assertThat(said).hasSize(1);
    }

    @Test
    void aClientTrustsItsOwnCaOnlyAndTheNameThatItDialled() throws Exception {
        Path elsewhere = directory.resolve("other");
        CertificateAuthority other = CertificateAuthority.in(elsewhere, InstantSource.system(), new SecureRandom());
        try (TlsPort port = new TlsPort(RotatingTls.of(files, now::get, said::add)::context)) {
            assertThat(port.shown(TrustedCa.text("test", Files.readString(ca.certificate())), HOST.name()))
                    .isEqualTo(shown(port));
            assertThatThrownBy(() -> port.shown(TrustedCa.file(other.certificate()), HOST.name()))
                    .isInstanceOf(SSLHandshakeException.class);
            assertThatThrownBy(() -> port.shown(TrustedCa.file(ca.certificate()), "drover-2.example.org"))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    /** Whose subjects are the same, as those are that one command makes. */
    @Test
    void oneFileMayHoldSeveralCas() throws Exception {
        CertificateAuthority next =
                CertificateAuthority.in(directory.resolve("next"), InstantSource.system(), new SecureRandom());
        Issued renewed = next.issue(HOST, DAY);
        Path both = Files.writeString(
                directory.resolve("cas.pem"),
                Files.readString(ca.certificate()) + Files.readString(next.certificate()));
        TlsFiles after = new TlsFiles(renewed.certificate(), renewed.key(), both);
        try (TlsPort former = new TlsPort(RotatingTls.of(files, now::get, said::add)::context);
                TlsPort later = new TlsPort(RotatingTls.of(after, now::get, said::add)::context)) {
            X509Certificate old = former.shown(TrustedCa.file(both), HOST.name());
            X509Certificate young = later.shown(TrustedCa.text("told", TrustedCa.pem(both)), HOST.name());
            assertThat(young.getSerialNumber()).isNotEqualTo(old.getSerialNumber());
            assertThatThrownBy(() -> later.shown(TrustedCa.file(ca.certificate()), HOST.name()))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void anRsaKeyWillDo() throws Exception {
        Path store = directory.resolve("rsa.p12");
        String command = Path.of(System.getProperty("java.home"), "bin", "keytool")
                + " -genkeypair -keyalg RSA -keysize 2048 -alias rsa -dname CN=rsa -ext san=ip:127.0.0.1"
                + " -storetype PKCS12 -storepass changeit -keystore " + store;
        Process keytool = new ProcessBuilder(command.split(" ", -1)).start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        Path certificate =
                write("rsa.pem", "CERTIFICATE", keys.getCertificate("rsa").getEncoded());
        Path key = write(
                "rsa.key",
                "PRIVATE KEY",
                keys.getKey("rsa", "changeit".toCharArray()).getEncoded());
        RotatingTls tls = RotatingTls.of(new TlsFiles(certificate, key, certificate), now::get, said::add);
        try (TlsPort port = new TlsPort(tls::context)) {
            assertThat(port.shown(TrustedCa.file(certificate), HOST.name()).getSigAlgName())
                    .contains("RSA");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    127.0.0.1.pem |                                         | is not there; give a file in PEM
                    127.0.0.1.pem | nothing                                 | has no certificate; use X.509 certificates in PEM (BEGIN CERTIFICATE)
                    ca.pem        | -----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE----- | certificate 1 can't be read; use X.509 certificates in PEM (BEGIN CERTIFICATE)
                    127.0.0.1.key | -----BEGIN RSA PRIVATE KEY-----AAAA-----END RSA PRIVATE KEY----- | has no key that can be used; use an EC or RSA key in PKCS#8, not encrypted (BEGIN PRIVATE KEY; 'openssl pkcs8 -topk8 -nodes' makes one)
                    127.0.0.1.key | -----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY----- | is no EC key, as the certificate's is; use an EC or RSA key in PKCS#8, not encrypted (BEGIN PRIVATE KEY; 'openssl pkcs8 -topk8 -nodes' makes one)
                    """)
    void whatIsWrongIsNamed(String name, @Nullable String content, String message) throws IOException {
        Path file = directory.resolve(name);
        if (content == null) {
            Files.delete(file);
        } else {
            Files.writeString(file, content);
        }
        assertThatThrownBy(() -> RotatingTls.of(files, now::get, said::add))
                .isInstanceOf(TlsException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void ofACaFileOthersAreToldTheCertificatesOnly() throws IOException {
        String certificates = Files.readString(ca.certificate());
        Path careless = directory.resolve("both.pem");
        Files.writeString(careless, Files.readString(directory.resolve("ca.key")) + certificates);
        assertThat(TrustedCa.pem(careless)).isEqualTo(certificates);
    }

    @Test
    void noKeyIsEverSaid() throws Exception {
        String secret = Files.readString(files.key());
        String body = secret.lines().skip(1).findFirst().orElseThrow();
        assertThat(files.toString()).doesNotContain(body);
        Files.writeString(files.key(), secret.replace(body, "AAAA" + body));
        Throwable refused = catchThrowable(() -> RotatingTls.of(files, now::get, said::add));
        assertThat(Throwables.getStackTrace(refused)).contains("is no EC key").doesNotContain(body);
    }

    private X509Certificate shown(TlsPort port) throws IOException {
        return port.shown(TrustedCa.file(ca.certificate()), HOST.name());
    }

    private void later() {
        now.updateAndGet(instant -> instant.plusSeconds(3));
    }

    private Path write(String name, String kind, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder().encodeToString(content);
        return Files.writeString(
                directory.resolve(name), "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, base64, kind));
    }
}
