package dev.drover.http;

import java.util.Map;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/** Answers requests that are not even HTTP, which Pekko refuses before any route sees them. Loaded by name. */
public final class ProblemParsingErrorHandler extends ParsingErrorHandler {
    /** Where Pekko looks for the handler. */
    public static final ProblemParsingErrorHandler MODULE$ = new ProblemParsingErrorHandler();

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
        Problem malformed = Problem.of(Problem.Kind.MALFORMED_REQUEST, error.summary());
        return Answers.problem(
                new Problem(
                        malformed.type(),
                        malformed.title(),
                        status.intValue(),
                        malformed.detail(),
                        "",
                        malformed.errors()),
                Map.of());
    }
}
