package dev.drover.http;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import scala.jdk.javaapi.DurationConverters;

/** Binds a route with the settings the API relies on. */
public final class HttpServer {
    /** A connection on which nothing moves for this long is closed; a followed log may well be silent for a while. */
    private static final Duration IDLE = Duration.ofMinutes(10);

    private HttpServer() {}

    /**
     * Listens at {@code host}; port 0 takes a free one. Unbind and terminate it through the binding.
     *
     * @return fails when the address is taken
     */
    public static CompletionStage<ServerBinding> bind(
            ClassicActorSystemProvider system, String host, int port, Route route) {
        ServerSettings defaults = ServerSettings.create(system.classicSystem());
        ServerSettings settings = defaults.withParsingErrorHandler(ProblemParsingErrorHandler.class.getName())
                .withTimeouts(defaults.getTimeouts().withIdleTimeout(DurationConverters.toScala(IDLE)));
        return Http.get(system).newServerAt(host, port).withSettings(settings).bind(route);
    }
}
