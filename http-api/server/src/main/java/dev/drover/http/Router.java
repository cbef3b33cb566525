package dev.drover.http;

import dev.drover.persistence.read.ReadModelException;
import dev.drover.protocol.spec.InvalidSpecException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a request to its endpoint: matched, authorized, its body read within limits, and counted. Answers every error as a problem. */
final class Router {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(10);
    private static final String BEARER = "Bearer ";

    private final List<Endpoint> endpoints;
    private final ApiPorts ports;
    private final ClassicActorSystemProvider system;
    private final Executor executor;

    Router(List<Endpoint> endpoints, ApiPorts ports, ClassicActorSystemProvider system, Executor executor) {
        this.endpoints = List.copyOf(endpoints);
        this.ports = ports;
        this.system = system;
        this.executor = executor;
    }

    /** The answer; the stage never fails. */
    CompletionStage<HttpResponse> answer(HttpRequest request) {
        Timer.Sample sample = Timer.start(ports.metrics());
        List<Match> matches = matches(request);
        CompletionStage<HttpResponse> answer;
        try {
            answer = dispatch(request, matches);
        } catch (RuntimeException e) {
            request.discardEntityBytes(system);
            answer = CompletableFuture.failedStage(e);
        }
        return answer.handle((response, failure) -> {
            HttpResponse result = failure == null ? response : problem(request, failure);
            sample.stop(timer(ports.metrics(), request, matches, result));
            return result;
        });
    }

    private CompletionStage<HttpResponse> dispatch(HttpRequest request, List<Match> matches) {
        if (matches.isEmpty()) {
            throw new ProblemException(
                    Problem.Kind.NOT_FOUND, "there is nothing at this address; /openapi.json lists all there is");
        }
        Match match = matches.stream()
                .filter(candidate -> candidate.endpoint().method().equals(request.method()))
                .findFirst()
                .orElseThrow(() -> methodNotAllowed(request, matches));
        Role role = match.endpoint()
                .needs()
                .map(needed -> authorize(request, needed))
                .orElse(Role.USER);
        int limit = ports.limits().maxBodyBytes();
        if (request.entity().getContentLengthOption().orElse(0) > limit) {
            throw tooLarge();
        }
        return request.entity()
                .withSizeLimit(limit)
                .toStrict(BODY_TIMEOUT.toMillis(), limit, system)
                .thenApplyAsync(
                        body -> handle(
                                match.endpoint(),
                                new Call(
                                        request,
                                        match.values(),
                                        role,
                                        body.getData().toArray())),
                        executor);
    }

    private List<Match> matches(HttpRequest request) {
        List<String> segments = new ArrayList<>();
        request.getUri().pathSegments().forEach(segments::add);
        return endpoints.stream()
                .flatMap(
                        endpoint -> endpoint.path().match(segments).map(values -> new Match(endpoint, values)).stream())
                .toList();
    }

    private Role authorize(HttpRequest request, Role needed) {
        Optional<String> header = request.getHeader("Authorization").map(HttpHeader::value);
        Role role = header.filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .flatMap(value ->
                        ports.tokens().roleOf(value.substring(BEARER.length()).trim()))
                .orElseThrow(() -> new ProblemException(
                        Problem.of(
                                Problem.Kind.UNAUTHENTICATED,
                                header.isEmpty()
                                        ? "no token was sent; send it as 'Authorization: Bearer TOKEN'"
                                        : "the token sent is not known here"),
                        Map.of("WWW-Authenticate", "Bearer realm=\"drover\"")));
        if (!role.covers(needed)) {
            throw new ProblemException(Problem.Kind.FORBIDDEN, "this needs the admin token; the user token was sent");
        }
        return role;
    }

    private static HttpResponse handle(Endpoint endpoint, Call call) {
        try {
            return endpoint.handler().handle(call);
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private HttpResponse problem(HttpRequest request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String path = request.getUri().path();
        ProblemException problem = switch (cause) {
            case ProblemException known -> known;
            case InvalidSpecException invalid -> ProblemException.of(Problem.Kind.INVALID_SPEC, invalid.problems());
            case EntityStreamSizeException ignored -> tooLarge();
            case EntityStreamException broken ->
                new ProblemException(
                        Problem.Kind.MALFORMED_REQUEST,
                        "the body can't be read: " + broken.info().summary());
            case TimeoutException ignored ->
                new ProblemException(
                        Problem.Kind.REQUEST_TIMEOUT,
                        "the body did not arrive within " + BODY_TIMEOUT.toSeconds() + " s");
            // Whatever it wanted there may be done again.
            case ReadModelException unread -> {
                LOG.warn("Can't answer {} {}: {}", request.method().name(), path, unread.getMessage());
                yield new ProblemException(
                        Problem.of(
                                Problem.Kind.UNAVAILABLE,
                                "the database did not do its part in time; ask again, nothing is lost by it"),
                        Map.of("Retry-After", "1"));
            }
            default -> {
                LOG.error("Can't answer {} {}", request.method().name(), path, cause);
                yield new ProblemException(
                        Problem.Kind.INTERNAL, "the request could not be answered; the server's log says why");
            }
        };
        return Answers.problem(problem.problem().at(path), problem.headers());
    }

    private ProblemException tooLarge() {
        return new ProblemException(
                Problem.Kind.TOO_LARGE,
                "the body is longer than " + ports.limits().maxBodyBytes() + " bytes, which is the most");
    }

    private static ProblemException methodNotAllowed(HttpRequest request, List<Match> matches) {
        String allowed = matches.stream()
                .map(match -> match.endpoint().method().name())
                .sorted(Comparator.naturalOrder())
                .collect(Collectors.joining(", "));
        return new ProblemException(
                Problem.of(
                        Problem.Kind.METHOD_NOT_ALLOWED,
                        request.method().name() + " is not allowed here; use " + allowed),
                Map.of("Allow", allowed));
    }

    /** The route's template, not its address, is the label: addresses are without bound. */
    private static Timer timer(
            MeterRegistry registry, HttpRequest request, List<Match> matches, HttpResponse response) {
        String route = matches.isEmpty()
                ? "none"
                : matches.getFirst().endpoint().path().text();
        return Timer.builder("drover.http.requests")
                .description("Requests by route, until the answer's head")
                .tag("route", route)
                .tag("method", matches.isEmpty() ? "any" : request.method().name())
                .tag("status", String.valueOf(response.status().intValue()))
                .serviceLevelObjectives(
                        Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(5))
                .register(registry);
    }

    private record Match(Endpoint endpoint, Map<String, String> values) {}
}
