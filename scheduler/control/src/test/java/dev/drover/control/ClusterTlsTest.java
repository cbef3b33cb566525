package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.drover.certs.CertificateAuthority;
import dev.drover.certs.CertificateAuthority.Issued;
import dev.drover.certs.Host;
import dev.drover.protocol.tls.RotatingTls;
import dev.drover.protocol.tls.TlsFiles;
import dev.drover.protocol.tls.TrustedCa;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.stream.Materializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Schedulers' actor systems on loopback, with certificates. */
@Timeout(120)
class ClusterTlsTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final int PATIENCE_MILLIS = 10_000;
    private static final String LOOPBACK = "127.0.0.1";
    private static final List<String> REFUSALS = List.of("PKIX path", "No subject alternative names matching");

    private final List<ActorSystem<Void>> systems = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @AfterEach
    void stop() {
        systems.forEach(ActorSystem::terminate);
        systems.forEach(
                system -> system.getWhenTerminated().toCompletableFuture().join());
    }

    @Test
    void membersHaveCertificatesOfOneCaAndNobodyElseGetsIn() throws IOException {
        try (LogLines log = new LogLines(Materializer.class)) {
            CertificateAuthority ca = authority("ours");
            TlsFiles ours = files(ca, LOOPBACK);
            TlsFiles theirs = files(authority("theirs"), LOOPBACK);
            List<Integer> ports = ClusterTest.freePorts(5);
            ActorSystem<Void> first = start(config(ports.get(0), Optional.of(ours)));
            Eventually.isTrue("the first is up", () -> membersUp(first) == 1);
            ActorSystem<Void> plain = start(config(ports.get(1), Optional.empty()));
            ActorSystem<Void> foreign = start(config(ports.get(2), Optional.of(theirs)));
            TlsFiles otherHost = files(ca, "localhost");
            ActorSystem<Void> elsewhere = start(config(ports.get(3), Optional.of(otherHost)));
            ActorSystem<Void> second = start(config(ports.get(4), Optional.of(ours)));
            Eventually.isTrue("the second is up", () -> membersUp(first) == 2 && membersUp(second) == 2);
            Eventually.isTrue(
                    "the others were refused",
                    () -> REFUSALS.stream().allMatch(why -> log.all().stream().anyMatch(line -> line.contains(why))));
            assertThat(List.of(membersUp(plain), membersUp(foreign), membersUp(elsewhere)))
                    .containsOnly(0L);
        }
    }

    @Test
    void aReplacedCertificateIsShownWithoutARestart() throws IOException {
        CertificateAuthority ca = authority("ours");
        TlsFiles files = files(ca, LOOPBACK);
        SSLContext peer =
                RotatingTls.of(files, InstantSource.system(), said -> {}).context();
        int port = ClusterTest.freePorts(1).getFirst();
        ActorSystem<Void> first = start(config(port, Optional.of(files)));
        Eventually.isTrue("the first is up", () -> membersUp(first) == 1);
        BigInteger shown = shown(peer, port);
        ca.issue(new Host(LOOPBACK), DAY);
        Eventually.isTrue("the new one is shown", () -> !shown(peer, port).equals(shown));
        ActorSystem<Void> second = start(config(ClusterTest.freePorts(1).getFirst(), Optional.of(files)));
        Eventually.isTrue("a second joins", () -> membersUp(first) == 2 && membersUp(second) == 2);
    }

    /** Both CAs are in one file while certificates are replaced; then the old one is taken out, without a restart. */
    @Test
    void duringAChangeOfTheCaBothAreTrustedAndAfterItTheNewOneAlone() throws IOException {
        CertificateAuthority former = authority("former");
        CertificateAuthority next = authority("next");
        Issued issued = former.issue(new Host(LOOPBACK), DAY);
        TlsFiles both = new TlsFiles(issued.certificate(), issued.key(), directory.resolve("both.pem"));
        Issued renewed = next.issue(new Host(LOOPBACK), DAY);
        TlsFiles after = new TlsFiles(renewed.certificate(), renewed.key(), directory.resolve("after.pem"));
        String two = Files.readString(former.certificate()) + Files.readString(next.certificate());
        Files.writeString(both.ca(), two);
        Files.writeString(after.ca(), two);
        List<Integer> ports = ClusterTest.freePorts(2);
        ActorSystem<Void> first = start(config(ports.getFirst(), Optional.of(after)));
        Eventually.isTrue("the first is up", () -> membersUp(first) == 1);
        ActorSystem<Void> second = start(config(ports.getLast(), Optional.of(both)));
        Eventually.isTrue("one of each is up", () -> membersUp(first) == 2 && membersUp(second) == 2);

        SSLContext old =
                RotatingTls.of(both, InstantSource.system(), said -> {}).context();
        assertThatCode(() -> shown(old, ports.getFirst())).doesNotThrowAnyException();
        Files.writeString(after.ca(), Files.readString(next.certificate()));
        Eventually.isTrue("the former CA's are refused", () -> isRefused(old, ports.getFirst()));
        SSLContext young =
                RotatingTls.of(after, InstantSource.system(), said -> {}).context();
        assertThat(isRefused(young, ports.getFirst())).isFalse();
    }

    /** A member that lets a peer in waits for what it says. */
    private static boolean isRefused(SSLContext peer, int port) {
        try (SSLSocket socket = connect(peer, port)) {
            socket.setSoTimeout(1_000);
            socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aPeerWithoutACertificateIsRefused() throws IOException {
        CertificateAuthority ca = authority("ours");
        int port = ClusterTest.freePorts(1).getFirst();
        ActorSystem<Void> member = start(config(port, Optional.of(files(ca, LOOPBACK))));
        Eventually.isTrue("it is up", () -> membersUp(member) == 1);
        SSLContext bare = TrustedCa.file(ca.certificate());
        assertThatThrownBy(() -> firstByte(bare, port))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("certificate_required");
    }

    private static ClusterConfig config(int port, Optional<TlsFiles> tls) {
        return new ClusterConfig(LOOPBACK, port, Optional.empty(), Downing.MAJORITY, tls);
    }

    /** All join the first. */
    private ActorSystem<Void> start(ClusterConfig cluster) {
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(), ClusterConfig.SYSTEM, cluster.systemConfig().withFallback(ConfigFactory.load()));
        systems.add(system);
        Cluster.get(system)
                .manager()
                .tell(new JoinSeedNodes(
                        List.of(Cluster.get(systems.getFirst()).selfMember().address())));
        return system;
    }

    private CertificateAuthority authority(String name) throws IOException {
        return CertificateAuthority.in(directory.resolve(name), InstantSource.system(), new SecureRandom());
    }

    private static TlsFiles files(CertificateAuthority ca, String host) throws IOException {
        Issued issued = ca.issue(new Host(host), DAY);
        return new TlsFiles(issued.certificate(), issued.key(), ca.certificate());
    }

    private static long membersUp(ActorSystem<Void> system) {
        long up = 0;
        for (var member : Cluster.get(system).state().getMembers()) {
            up += member.status() == MemberStatus.up() ? 1 : 0;
        }
        return up;
    }

    private static BigInteger shown(SSLContext peer, int port) {
        try (SSLSocket socket = connect(peer, port)) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        } catch (IOException e) {
            throw new AssertionError("no handshake", e);
        }
    }

    /** A refused client learns it when it reads. */
    private static int firstByte(SSLContext peer, int port) throws IOException {
        try (SSLSocket socket = connect(peer, port)) {
            return socket.getInputStream().read();
        }
    }

    private static SSLSocket connect(SSLContext peer, int port) throws IOException {
        SSLSocket socket = (SSLSocket) peer.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.startHandshake();
        return socket;
    }
}
