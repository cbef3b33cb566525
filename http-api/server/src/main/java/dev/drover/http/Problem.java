package dev.drover.http;

import dev.drover.protocol.spec.SpecProblem;
import java.util.List;
import java.util.Locale;

/**
 * An error answer, as RFC 9457 has it.
 *
 * @param type names the kind of problem for programs, and stays the same
 * @param detail what was attempted, why it was refused and what to do, for people
 * @param instance the path that was asked for
 * @param errors the fields at fault, if there are any
 */
record Problem(String type, String title, int status, String detail, String instance, List<SpecProblem> errors) {
    Problem {
        errors = List.copyOf(errors);
    }

    static Problem of(Kind kind, String detail) {
        return of(kind, detail, List.of());
    }

    static Problem of(Kind kind, String detail, List<SpecProblem> errors) {
        return new Problem(kind.type(), kind.title, kind.status, detail, "", errors);
    }

    Problem at(String path) {
        return new Problem(type, title, status, detail, path, errors);
    }

    /** Every kind of problem the API answers with. */
    enum Kind {
        MALFORMED_REQUEST(400, "The request is malformed"),
        UNAUTHENTICATED(401, "A token is needed"),
        FORBIDDEN(403, "The token does not allow this"),
        NOT_FOUND(404, "There is no such thing"),
        METHOD_NOT_ALLOWED(405, "This address does not do that"),
        REQUEST_TIMEOUT(408, "The request took too long to arrive"),
        CONFLICT(409, "The request contradicts what is there"),
        TOO_LARGE(413, "The body is too large"),
        UNSUPPORTED_MEDIA_TYPE(415, "The body's type is not understood"),
        INVALID_SPEC(422, "The spec can't be accepted"),
        INTERNAL(500, "Something broke"),
        UNAVAILABLE(503, "Not available now");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        int status() {
            return status;
        }

        private String type() {
            return "urn:drover:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
