package dev.drover.cloud.local;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Reads metadata as an agent on AWS does: a token first. */
final class MetadataReader {
    private final HttpClient http;
    private final String url;
    private final String token;

    MetadataReader(HttpClient http, String url) throws Exception {
        this.http = http;
        this.url = url;
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/latest/api/token"))
                .header("X-aws-ec2-metadata-token-ttl-seconds", "300")
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        this.token = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("X-aws-ec2-metadata-token", token)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    int status(String path) throws Exception {
        return get(path).statusCode();
    }

    String text(String path) throws Exception {
        HttpResponse<String> response = get(path);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + " answered " + response.statusCode());
        }
        return response.body();
    }
}
