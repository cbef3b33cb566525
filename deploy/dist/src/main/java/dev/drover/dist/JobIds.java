package dev.drover.dist;

import dev.drover.protocol.id.JobId;
import java.security.SecureRandom;

/** Fresh job ids: ten characters that are easy to read aloud, 2^50 of them. */
final class JobIds {
    private static final String ALPHABET = "abcdefghjkmnpqrstvwxyz0123456789";
    private static final int LENGTH = 10;
    private static final SecureRandom RANDOM = new SecureRandom();

    private JobIds() {}

    static JobId next() {
        StringBuilder id = new StringBuilder("j");
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return new JobId(id.toString());
    }
}
