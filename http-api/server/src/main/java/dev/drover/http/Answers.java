package dev.drover.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.drover.protocol.json.DroverJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** Makes responses. */
final class Answers {
    static final ContentType.NonBinary PROBLEM = MediaTypes.applicationWithFixedCharset(
                    "problem+json", HttpCharsets.UTF_8, new String[0])
            .toContentType();
    static final ContentType.NonBinary CSV = MediaTypes.TEXT_CSV.toContentType(HttpCharsets.UTF_8);

    private Answers() {}

    static HttpResponse json(int status, Object body) {
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, bytes(body)));
    }

    static HttpResponse text(int status, ContentType.NonBinary type, String body) {
        return HttpResponse.create().withStatus(status).withEntity(HttpEntities.create(type, body));
    }

    /** A body of unknown length, sent as it comes. */
    static HttpResponse stream(ContentType type, Source<ByteString, ?> parts) {
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(type, parts))
                .addHeader(RawHeader.create("Cache-Control", "no-store"));
    }

    static HttpResponse problem(Problem problem, Map<String, String> headers) {
        HttpResponse response = HttpResponse.create()
                .withStatus(problem.status())
                .withEntity(HttpEntities.create(PROBLEM, bytes(problem)));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            response = response.addHeader(RawHeader.create(header.getKey(), header.getValue()));
        }
        return response;
    }

    static String jsonText(Object body) {
        try {
            return DroverJson.mapper().writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("can't write " + body.getClass().getSimpleName() + " as JSON", e);
        }
    }

    private static byte[] bytes(Object body) {
        return jsonText(body).getBytes(StandardCharsets.UTF_8);
    }
}
