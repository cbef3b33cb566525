package dev.drover.trainer.data;

import java.nio.charset.StandardCharsets;

/** A token is a byte of the text in UTF-8. */
public record ByteTokenizer() implements TextTokenizer {
    public static final int VOCABULARY = 256;

    @Override
    public int vocabulary() {
        return VOCABULARY;
    }

    @Override
    public int[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ids[i] = Byte.toUnsignedInt(bytes[i]);
        }
        return ids;
    }
}
