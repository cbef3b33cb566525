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
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's process: reads its environment and the instance's metadata, runs the agent, and ends when it does. */
public final class AgentMain {
    private static final Logger LOG = LoggerFactory.getLogger(AgentMain.class);
    private static final Duration METADATA_RETRY = Duration.ofMillis(500);
    private static final Duration END_WITHIN = Duration.ofSeconds(5);
    private static final int TOKEN_BYTES = 32;
    private static final int BAD_USAGE = 2;

    private AgentMain() {}

    public static void main(String[] arguments) throws Exception {
        AgentConfig config;
        try {
            config = AgentConfig.of(System.getenv());
        } catch (IllegalArgumentException | IOException e) {
            LOG.error("can't start: {}", e.getMessage());
            System.exit(BAD_USAGE);
            return;
        }
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        Agent agent = Agent.start(environment(config, http), http);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endOnSignal(agent, config), "sigterm"));
        agent.ended().get();
        System.exit(0);
    }

    /** On SIGTERM the virtual machine runs this and then ends; when the agent ended by itself there is nothing to do. */
    private static void endOnSignal(Agent agent, AgentConfig config) {
        agent.terminate();
        try {
            agent.ended().get(config.sigtermGrace().plus(END_WITHIN).toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            LOG.warn("did not end in time: {}", e.toString());
        }
    }

    private static AgentEnvironment environment(AgentConfig config, HttpClient http)
            throws IOException, InterruptedException {
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
