package dev.drover.http;

import dev.drover.protocol.tls.RotatingTls;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.HttpsConnectionContext;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.ServerBuilder;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import scala.jdk.javaapi.DurationConverters;

/** Binds a route with the settings the API relies on. */
public final class HttpServer {
    /** A connection on which nothing moves for this long is closed; a followed log may well be silent for a while. */
    private static final Duration IDLE = Duration.ofMinutes(10);

    private HttpServer() {}

    /**
     * Listens at {@code host}, by plain HTTP; port 0 takes a free one. Unbind and terminate it through the binding.
     *
     * @return fails when the address is taken
     */
    public static CompletionStage<ServerBinding> bind(
            ClassicActorSystemProvider system, String host, int port, Route route) {
        return bind(system, host, port, Optional.empty(), route);
    }

    /** The same by HTTPS alone where there is {@code tls}: clients are known by their tokens and need no certificate. */
    public static CompletionStage<ServerBinding> bind(
            ClassicActorSystemProvider system, String host, int port, Optional<RotatingTls> tls, Route route) {
        ServerSettings defaults = ServerSettings.create(system.classicSystem());
        ServerSettings settings = defaults.withParsingErrorHandler(ProblemParsingErrorHandler.class.getName())
                .withTimeouts(defaults.getTimeouts().withIdleTimeout(DurationConverters.toScala(IDLE)));
        ServerBuilder server = Http.get(system).newServerAt(host, port).withSettings(settings);
        return tls.map(HttpServer::https)
                .map(server::enableHttps)
                .orElse(server)
                .bind(route);
    }

    private static HttpsConnectionContext https(RotatingTls tls) {
        return ConnectionContext.httpsServer(() -> {
            SSLEngine engine = tls.context().createSSLEngine();
            engine.setUseClientMode(false);
            return engine;
        });
    }
}
