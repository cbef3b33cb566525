package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Join tokens: each node's own, derived from the cluster's secret, so that one node's token opens no other's door. */
final class JoinTokens {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    JoinTokens(String secret) {
        this.key = new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM);
    }

    String issue(NodeId node, PoolName pool) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal((pool + "/" + node).getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no " + ALGORITHM, e);
        }
    }

    /** Takes the same time whichever character is wrong. */
    boolean matches(NodeId node, PoolName pool, String token) {
        return MessageDigest.isEqual(issue(node, pool).getBytes(UTF_8), token.getBytes(UTF_8));
    }
}
