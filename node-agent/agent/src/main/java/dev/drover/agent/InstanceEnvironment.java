package dev.drover.agent;

import dev.drover.agent.eviction.MetadataClient;
import dev.drover.agent.setup.AgentConfig;
import dev.drover.agent.setup.AgentEnvironment;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.store.ObjectStores;
import dev.drover.protocol.tls.TlsException;
import dev.drover.protocol.tls.TrustedCa;
import java.io.IOException;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an agent is to know of the instance that it is on, as its metadata server says it. */
public final class InstanceEnvironment {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceEnvironment.class);
    private static final Duration METADATA_RETRY = Duration.ofMillis(500);
    private static final int TOKEN_BYTES = 32;

    private InstanceEnvironment() {}

    /** Reads it; waits for a metadata server that does not answer yet. */
    public static AgentEnvironment read(AgentConfig config, HttpClient http) throws IOException, InterruptedException {
        MetadataClient metadata = new MetadataClient(http, config.metadata(), MetadataClient.Dialect.AWS);
        UserData identity = DroverJson.fromPeers().readValue(await(metadata, "/latest/user-data"), UserData.class);
        String address =
                metadata.get("/latest/meta-data/local-ipv4").orElse("127.0.0.1").strip();
        SecureRandom random = new SecureRandom();
        return new AgentEnvironment(
                config,
                identity,
                UUID.randomUUID().toString(),
                schedulerTls(identity),
                address,
                ObjectStores.open(identity.store()),
                Clock.systemUTC(),
                Executors.newVirtualThreadPerTaskExecutor(),
                () -> {
                    byte[] token = new byte[TOKEN_BYTES];
                    random.nextBytes(token);
                    return HexFormat.of().formatHex(token);
                },
                random);
    }

    private static Optional<SSLContext> schedulerTls(UserData identity) throws TlsException {
        return identity.ca().isPresent()
                ? Optional.of(
                        TrustedCa.text("ca of the user data", identity.ca().get()))
                : Optional.empty();
    }

    /** An instance may start before its metadata server answers. */
    private static String await(MetadataClient metadata, String path) throws InterruptedException {
        while (true) {
            try {
                Optional<String> text = metadata.get(path);
                if (text.isPresent()) {
                    return text.get();
                }
                LOG.warn("{} is not there yet", path);
            } catch (IOException e) {
                LOG.warn("{}: {}", path, e.toString());
            }
            Thread.sleep(METADATA_RETRY);
        }
    }
}
