package dev.drover.http;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Names;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.MediaType;

/** A request on its way to a handler: authorized, matched, with its body read. */
final class Call {
    private static final List<String> SPEC_TYPES = List.of(
            "application/json",
            "application/yaml",
            "application/x-yaml",
            "text/yaml",
            "text/x-yaml",
            "text/plain",
            "application/octet-stream",
            "none/none");

    private final HttpRequest request;
    private final Map<String, String> path;
    private final Role role;
    private final byte[] body;

    Call(HttpRequest request, Map<String, String> path, Role role, byte[] body) {
        this.request = request;
        this.path = Map.copyOf(path);
        this.role = role;
        this.body = body.clone();
    }

    JobId job() {
        return new JobId(label("job"));
    }

    PoolName pool() {
        return new PoolName(label("pool"));
    }

    NodeId node() {
        return new NodeId(label("node"));
    }

    Role role() {
        return role;
    }

    Query query() {
        return Query.of(request);
    }

    /** Refuses any query parameter, for handlers that know none. */
    Call withoutQuery() {
        query().finish();
        return this;
    }

    Optional<String> header(String name) {
        return request.getHeader(name).map(HttpHeader::value);
    }

    /** Whether the caller prefers {@code mediaType} by naming it. */
    boolean asksFor(String mediaType) {
        return header("Accept")
                .map(accept -> accept.toLowerCase(Locale.ROOT).contains(mediaType))
                .orElse(false);
    }

    byte[] body() {
        return body.clone();
    }

    /** The body as text of a spec: JSON or YAML, whatever its declared type says of the two. */
    String specText() {
        MediaType declared = request.entity().getContentType().mediaType();
        String type = declared.mainType() + "/" + declared.subType();
        if (!SPEC_TYPES.contains(type)) {
            throw new ProblemException(
                    Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                    "Content-Type '" + type + "' is not understood; use application/json or application/yaml"
                            + " (with curl: -H 'Content-Type: application/yaml' --data-binary @FILE)");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProblemException(Problem.Kind.MALFORMED_REQUEST, "the body is not UTF-8 text");
        }
    }

    private String label(String part) {
        String value = path.getOrDefault(part, "");
        if (!Names.isLabel(value)) {
            throw ProblemException.of(
                    Problem.Kind.MALFORMED_REQUEST,
                    part,
                    value,
                    "1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit");
        }
        return value;
    }
}
