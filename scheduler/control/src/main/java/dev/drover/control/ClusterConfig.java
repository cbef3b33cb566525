package dev.drover.control;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.drover.protocol.id.Release;
import dev.drover.protocol.tls.TlsFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How a scheduler finds the others of its cluster.
 *
 * @param host under which the others reach this one
 * @param port of the schedulers among themselves; 0 takes any that is free
 * @param peers where others may be that the database does not know; empty for a scheduler that runs alone, and forms a cluster of one
 * @param downing who goes on when the cluster is cut
 * @param tls with it schedulers speak TLS alone, and each needs a certificate of this CA that names its {@code host}: see
 *     {@link MemberTls}
 */
public record ClusterConfig(String host, int port, Optional<Peers> peers, Downing downing, Optional<TlsFiles> tls) {
    /** The name of the actor system; a part of every scheduler's address. */
    public static final String SYSTEM = "drover";

    /** A cluster of one that joins itself, on loopback. */
    public static final ClusterConfig ALONE =
            new ClusterConfig("127.0.0.1", 0, Optional.empty(), Downing.MAJORITY, Optional.empty());

    /** What the actor system needs besides the journal's settings. */
    public Config systemConfig() {
        Config secured = tls.map(ClusterConfig::mutualTls).orElseGet(ConfigFactory::empty);
        return secured.withFallback(ConfigFactory.parseMap(Map.of(
                        "pekko.remote.artery.canonical.hostname",
                        host,
                        "pekko.remote.artery.canonical.port",
                        port,
                        "pekko.cluster.app-version",
                        Release.VERSION,
                        "pekko.cluster.split-brain-resolver.active-strategy",
                        switch (downing) {
                            case MAJORITY -> "keep-majority";
                            case LEASE -> "lease-majority";
                        })))
                .withFallback(ConfigFactory.parseResources(ClusterConfig.class, "/drover-scheduler.conf"));
    }

    private static Config mutualTls(TlsFiles files) {
        return ConfigFactory.parseMap(Map.of(
                "pekko.remote.artery.transport",
                "tls-tcp",
                "pekko.remote.artery.ssl.ssl-engine-provider",
                MemberTls.class.getName(),
                MemberTls.CERTIFICATE,
                absolute(files.certificate()),
                MemberTls.KEY,
                absolute(files.key()),
                MemberTls.CA,
                absolute(files.ca())));
    }

    private static String absolute(Path file) {
        return file.toAbsolutePath().toString();
    }
}
