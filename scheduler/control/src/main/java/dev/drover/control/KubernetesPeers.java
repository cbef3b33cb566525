package dev.drover.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.tls.TrustedCa;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The pods of a namespace that carry a label, as Kubernetes' API lists them ({@code GET /api/v1/namespaces/NAMESPACE/pods}). Pods without an
 * address, and those that are being deleted or have ended, are left out; whether one is ready does not matter, since none is before there is a cluster.
 *
 * <p>The service account needs {@code get} and {@code list} on {@code pods}. Its token is read anew for each question, since Kubernetes replaces it.
 */
public final class KubernetesPeers implements Peers {
    /** Where a pod finds its account. */
    public static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** What a pod calls the API. */
    public static final URI API = URI.create("https://kubernetes.default.svc");

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final URI api;
    private final Path account;
    private final Optional<String> namespace;
    private final String selector;
    private final int port;

    /**
     * @param account a directory with {@code token}, {@code ca.crt} (for https) and {@code namespace}
     * @param namespace the account's own where it is empty
     * @param selector which pods, as {@code app=drover-scheduler}
     * @param port of the schedulers among themselves
     */
    public KubernetesPeers(URI api, Path account, Optional<String> namespace, String selector, int port) {
        this.api = api;
        this.account = account;
        this.namespace = namespace;
        this.selector = selector;
        this.port = port;
    }

    @Override
    public List<String> addresses() throws IOException {
        HttpRequest request = HttpRequest.newBuilder(pods())
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + read("token"))
                .header("Accept", "application/json")
                .build();
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(PATIENCE);
        if ("https".equals(api.getScheme())) {
            client.sslContext(TrustedCa.file(account.resolve("ca.crt")));
        }
        try (HttpClient http = client.build()) {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(request.uri() + " answered " + answer.statusCode()
                        + "; may the service account list pods there?");
            }
            return addresses(DroverJson.mapper().readTree(answer.body()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + request.uri(), e);
        }
    }

    private URI pods() throws IOException {
        String in = namespace.isPresent() ? namespace.get() : read("namespace");
        return URI.create(api + "/api/v1/namespaces/" + encoded(in) + "/pods?labelSelector=" + encoded(selector));
    }

    private List<String> addresses(JsonNode list) {
        return list.path("items")
                .valueStream()
                .filter(pod -> !pod.at("/metadata").has("deletionTimestamp"))
                .filter(pod -> !List.of("Succeeded", "Failed")
                        .contains(pod.at("/status/phase").asText()))
                .map(pod -> pod.at("/status/podIP").asText())
                .filter(address -> !address.isEmpty())
                .map(address -> address + ":" + port)
                .toList();
    }

    private String read(String file) throws IOException {
        return Files.readString(account.resolve(file)).strip();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
