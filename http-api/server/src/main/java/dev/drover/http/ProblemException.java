package dev.drover.http;

import dev.drover.protocol.spec.SpecProblem;
import java.io.Serial;
import java.util.List;
import java.util.Map;

/** Ends the handling of a request with a problem. */
final class ProblemException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private final transient Map<String, String> headers;

    ProblemException(Problem problem, Map<String, String> headers) {
        super(problem.detail());
        this.problem = problem;
        this.headers = Map.copyOf(headers);
    }

    ProblemException(Problem.Kind kind, String detail) {
        this(Problem.of(kind, detail), Map.of());
    }

    static ProblemException of(Problem.Kind kind, List<SpecProblem> errors) {
        String detail =
                String.join("; ", errors.stream().map(SpecProblem::message).toList());
        return new ProblemException(Problem.of(kind, detail, errors), Map.of());
    }

    static ProblemException of(Problem.Kind kind, String field, String value, String allowed) {
        return of(kind, List.of(new SpecProblem(field, value, allowed)));
    }

    Problem problem() {
        return problem;
    }

    /** Headers to answer with, besides the problem. */
    Map<String, String> headers() {
        return headers;
    }
}
