package dev.drover.dist;

import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What is chosen once for a home and then stays, so that agents and clients find a restarted controller.
 *
 * @param port of the HTTP API on loopback
 * @param store directory of checkpoints and logs, where it is not the home's own
 * @param userToken may submit, cancel and look
 * @param adminToken may also change pools and take nodes
 * @param agentToken with which agents join. All three are secrets
 */
record Settings(int port, Optional<String> store, String userToken, String adminToken, String agentToken) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * The home's settings; made when there are none, or when another port is asked for.
     *
     * @throws IOException when another store is asked for: what was saved is in the one used before
     */
    static Settings of(Home home, int port, Optional<Path> store) throws IOException {
        Files.createDirectories(home.root());
        if (!Files.exists(home.settings())) {
            Settings fresh = new Settings(
                    port == 0 ? DEFAULT_PORT : port,
                    store.map(Settings::absolute),
                    token("user"),
                    token("admin"),
                    token("agent"));
            writePrivately(home.settings(), fresh);
            return fresh;
        }
        Settings known = DroverJson.mapper().readValue(home.settings().toFile(), Settings.class);
        String kept = known.storeIn(home);
        Optional<String> other = store.map(Settings::absolute).filter(asked -> !asked.equals(kept));
        if (other.isPresent()) {
            throw new IOException("--store: " + other.get() + " is not allowed; this home's checkpoints are in " + kept
                    + ". Leave --store away, or start anew with another --home");
        }
        if (port == 0 || port == known.port) {
            return known;
        }
        Settings moved = new Settings(port, known.store, known.userToken, known.adminToken, known.agentToken);
        writePrivately(home.settings(), moved);
        return moved;
    }

    /** Where checkpoints and logs are, as agents are told. */
    String storeUrl(Home home) {
        return Path.of(storeIn(home)).toUri().toString();
    }

    private String storeIn(Home home) {
        return store.orElse(absolute(home.store()));
    }

    private static String absolute(Path directory) {
        return directory.toAbsolutePath().normalize().toString();
    }

    static final int DEFAULT_PORT = 7070;

    /** Writes JSON that only the owner may read, whole or not at all. */
    static void writePrivately(Path file, Object content) throws IOException {
        // Of a name of its own: several schedulers may start on one home.
        Path fresh = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                file.getFileName() + ".",
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        String json = DroverJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(content);
        Files.writeString(fresh, json + "\n", StandardCharsets.UTF_8, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String token(String role) {
        byte[] bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        return role + "-" + HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return "Settings[port " + port + "]";
    }
}
