package dev.drover.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.certs.CertificateAuthority.Issued;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @CsvSource({"drover-1.example.org, 2", "10.0.0.7, 7", "2001:db8:0:0:0:0:0:1, 7"})
    void aCertificateNamesItsHostAndIsForServersAndClients(String name, int kind) throws Exception {
        CertificateAuthority ca = at(NOW);
        X509Certificate issued = read(ca.issue(new Host(name), DAY).certificate());
        X509Certificate root = read(ca.certificate());
        issued.verify(root.getPublicKey());
        assertThat(issued.getSubjectAlternativeNames()).containsExactly(List.of(kind, name));
        assertThat(issued.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(issued.getKeyUsage()[DIGITAL_SIGNATURE]).isTrue();
        assertThat(issued.getBasicConstraints()).as("no CA").isEqualTo(-1);
        assertThat(issued.getSubjectX500Principal().getName()).isEqualTo("CN=drover");
        assertThat(issued.getNotAfter().toInstant()).isEqualTo(NOW.plus(DAY));
        assertThat(root.getKeyUsage()[KEY_CERT_SIGN]).isTrue();
        assertThat(root.getBasicConstraints()).as("signs no other CA").isZero();
    }

    @Test
    void theCaThatIsThereIsUsedAgainAndCertificatesAreRenewed() throws Exception {
        CertificateAuthority ca = at(NOW);
        X509Certificate first = read(ca.issue(new Host("here"), DAY).certificate());
        CertificateAuthority again = at(NOW.plus(DAY));
        assertThat(List.of(ca.isNew(), again.isNew())).containsExactly(true, false);
        X509Certificate second = read(again.issue(new Host("here"), DAY).certificate());
        second.verify(read(ca.certificate()).getPublicKey());
        assertThat(second.getSerialNumber()).isNotEqualTo(first.getSerialNumber());
        assertThat(second.getPublicKey()).isNotEqualTo(first.getPublicKey());
    }

    @Test
    void keysAreForTheirOwnerOnlyAndInPkcs8() throws IOException {
        Issued issued = at(NOW).issue(new Host("here"), DAY);
        for (Path key : List.of(issued.key(), directory.resolve("ca.key"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
            assertThat(key).content().startsWith("-----BEGIN PRIVATE KEY-----");
        }
        assertThat(issued.toString()).doesNotContain("BEGIN");
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder("ca.pem", "ca.key", "here.pem", "here.key");
        }
    }

    @Test
    void nothingOutlivesTheCa() throws IOException {
        CertificateAuthority ca = at(NOW);
        Instant end = NOW.plus(CertificateAuthority.LIFETIME);
        assertThat(at(end.minusSeconds(60)).issue(new Host("here"), DAY).expiresAt())
                .isEqualTo(end);
        assertThatThrownBy(() -> at(end).issue(new Host("here"), DAY))
                .isInstanceOf(IOException.class)
                .hasMessage("%s: expired at %s; remove it and ca.key to make a new CA", ca.certificate(), end);
    }

    @Test
    void halfACaIsNoneAndNotReplaced() throws IOException {
        CertificateAuthority ca = at(NOW);
        Files.delete(directory.resolve("ca.key"));
        assertThatThrownBy(() -> at(NOW)).isInstanceOf(IOException.class).hasMessageContaining("only one of them");
        assertThat(ca.certificate()).exists();
        Files.writeString(directory.resolve("ca.key"), "no key");
        assertThatThrownBy(() -> at(NOW)).hasMessageContaining("ca.key: begins with no private key; use one in PKCS#8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ca", "a/b", "../x", "a b", "-a", "fe80::1%eth0", "*.example.org"})
    void aHostIsANameOrAnAddress(String name) {
        assertThatThrownBy(() -> new Host(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host: '" + name + "' is not allowed; use a DNS name");
    }

    private CertificateAuthority at(Instant now) throws IOException {
        return CertificateAuthority.in(directory, InstantSource.fixed(now), new SecureRandom());
    }

    private static X509Certificate read(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
