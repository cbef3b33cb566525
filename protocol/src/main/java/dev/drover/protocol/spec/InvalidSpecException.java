package dev.drover.protocol.spec;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A spec that can't be accepted, with every problem that was found in one go. */
public final class InvalidSpecException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<SpecProblem> problems;

    public InvalidSpecException(List<SpecProblem> problems) {
        super(problems.stream().map(SpecProblem::message).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public InvalidSpecException(SpecProblem problem) {
        this(List.of(problem));
    }

    /** The problems, in the order of the spec; at least one. */
    public List<SpecProblem> problems() {
        return problems;
    }
}
