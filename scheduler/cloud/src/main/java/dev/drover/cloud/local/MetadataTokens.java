package dev.drover.cloud.local;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Session tokens of a metadata server. Nothing is stored: a token is its expiry, signed, so that it outlives a restart. */
final class MetadataTokens {
    private final byte[] secret;
    private final String instanceId;

    MetadataTokens(String secret, String instanceId) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.instanceId = instanceId;
    }

    String issue(Instant now, Duration life) {
        return signed(now.plus(life).getEpochSecond());
    }

    boolean accepts(String token, Instant now) {
        int dot = token.indexOf('.');
        if (dot < 1 || dot > 18 || !token.chars().limit(dot).allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        long expiry = Long.parseLong(token.substring(0, dot));
        return now.getEpochSecond() < expiry
                && MessageDigest.isEqual(
                        signed(expiry).getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    private String signed(long expiry) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            byte[] signature = mac.doFinal((instanceId + " " + expiry).getBytes(StandardCharsets.UTF_8));
            return expiry + "." + HexFormat.of().formatHex(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is in every JDK", e);
        }
    }
}
