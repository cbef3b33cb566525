package dev.drover.agent;

import dev.drover.agent.setup.AgentConfig;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's process: reads its environment and the instance's metadata, runs the agent, and ends when it does. */
public final class AgentMain {
    private static final Logger LOG = LoggerFactory.getLogger(AgentMain.class);
    private static final Duration END_WITHIN = Duration.ofSeconds(5);
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
        Agent agent = Agent.start(InstanceEnvironment.read(config, http), http);
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
}
