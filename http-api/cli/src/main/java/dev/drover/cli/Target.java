package dev.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which servers to ask, and with which token.
 *
 * @param urls base addresses without a trailing slash, of servers of one cluster; one at least
 * @param ca the only CA to trust, in PEM; empty for those that this machine trusts
 */
record Target(List<URI> urls, String token, Optional<Path> ca) {
    /** The file a running Drover leaves in its data directory. */
    static final String CLIENT_FILE = "client.json";

    Target {
        urls = List.copyOf(urls);
    }

    /**
     * What was given, completed from {@code client.json} in {@code home}. Its token and CA are for its own servers, and for no
     * others; a CA's relative path starts in {@code home}.
     *
     * @throws CliException when no server is known
     */
    static Target find(Optional<String> url, Optional<String> token, Optional<Path> ca, Path home) {
        Path file = home.resolve(CLIENT_FILE);
        Optional<JsonNode> client =
                url.isPresent() && token.isPresent() && ca.isPresent() ? Optional.empty() : read(file);
        String address = url.or(() -> client.map(json -> json.path("url").asText()))
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> new CliException(
                        ExitCodes.UNREACHABLE,
                        "no server is known: start one with './drover up', or set --url (or DROVER_URL) and --token (or"
                                + " DROVER_TOKEN). " + file.toAbsolutePath() + " is not there"));
        List<URI> servers = uris(address);
        Optional<JsonNode> own = client.filter(json -> isOf(json, servers));
        Optional<Path> trusted = ca.or(() -> own.map(json -> json.path("ca").asText())
                .filter(text -> !text.isBlank())
                .map(home::resolve));
        return new Target(servers, token.or(() -> own.map(Target::bestToken)).orElse(""), trusted);
    }

    /** A token is a secret between this machine and one cluster. */
    private static boolean isOf(JsonNode client, List<URI> servers) {
        return uris(client.path("url").asText()).containsAll(servers);
    }

    private static String bestToken(JsonNode client) {
        String admin = client.path("adminToken").asText();
        return admin.isEmpty() ? client.path("userToken").asText() : admin;
    }

    private static Optional<JsonNode> read(Path file) {
        try {
            return Files.exists(file)
                    ? Optional.of(DroverJson.fromPeers().readTree(Files.readString(file)))
                    : Optional.empty();
        } catch (IOException e) {
            throw new CliException(ExitCodes.BAD_INPUT, "can't read " + file + ": " + e.getMessage(), e);
        }
    }

    private static List<URI> uris(String addresses) {
        return Arrays.stream(addresses.split(",", -1))
                .map(address -> uri(address.strip()))
                .distinct()
                .toList();
    }

    private static URI uri(String address) {
        try {
            URI uri = URI.create(address.endsWith("/") ? address.substring(0, address.length() - 1) : address);
            if ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the same message as a wrong scheme.
        }
        throw new CliException(
                ExitCodes.BAD_INPUT,
                "url: '" + address
                        + "' is not allowed; use http://HOST:PORT or https://HOST:PORT, several with commas between them");
    }

    /** For people. */
    String named() {
        return urls.stream().map(URI::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return "Target[" + named() + "]";
    }
}
