package dev.drover.cloud.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.Serial;
import java.util.stream.Collectors;

/** A request that can't be served, as it is answered: status and words (RFC 9457, {@code application/problem+json}). */
final class Problem extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;

    Problem(int status, String detail) {
        super(detail);
        this.status = status;
    }

    /** The body on the wire. */
    record Body(String type, String title, int status, String detail) {}

    int status() {
        return status;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    Body body() {
        return new Body("about:blank", title(), status, detail());
    }

    private String title() {
        return switch (status) {
            case 400 -> "Bad request";
            case 401 -> "Not authorized";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 409 -> "Conflict";
            case 413 -> "Body too large";
            default -> "The local cloud failed";
        };
    }

    /** Says which field is wrong and what is allowed, without class names. */
    static String explain(JsonProcessingException e) {
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                "unknown field '" + path(unknown) + "'; allowed: "
                        + unknown.getKnownPropertyIds().stream()
                                .map(String::valueOf)
                                .sorted()
                                .collect(Collectors.joining(", "));
            case JsonMappingException mapping
            when mapping.getCause() instanceof IllegalArgumentException cause -> at(mapping) + cause.getMessage();
            case JsonMappingException mapping -> at(mapping) + mapping.getOriginalMessage();
            default -> "not JSON: " + e.getOriginalMessage();
        };
    }

    private static String at(JsonMappingException e) {
        return e.getPath().isEmpty() ? "" : "field '" + path(e) + "': ";
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
    }
}
