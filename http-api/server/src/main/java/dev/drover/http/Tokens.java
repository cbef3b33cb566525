package dev.drover.http;

import dev.drover.protocol.checkpoint.ManifestJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The bearer tokens of the API. Secrets: never printed, and compared in a time that does not tell how much was right.
 *
 * @param user may submit and cancel jobs, and look at everything
 * @param admin may also change pools and take nodes
 */
public record Tokens(String user, String admin) {
    public Tokens {
        if (user.isBlank() || admin.isBlank() || user.equals(admin)) {
            throw new IllegalArgumentException("tokens: user and admin must both be set, and differ");
        }
    }

    /** Whose token this is, if anybody's. */
    Optional<Role> roleOf(String token) {
        byte[] given = digest(token);
        boolean isAdmin = MessageDigest.isEqual(given, digest(admin));
        boolean isUser = MessageDigest.isEqual(given, digest(user));
        if (isAdmin) {
            return Optional.of(Role.ADMIN);
        }
        return isUser ? Optional.of(Role.USER) : Optional.empty();
    }

    private static byte[] digest(String token) {
        return ManifestJson.newSha256().digest(token.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "Tokens[hidden]";
    }
}
