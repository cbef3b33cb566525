package dev.drover.protocol.shard;

import org.jspecify.annotations.Nullable;

/**
 * What to train on.
 *
 * @param path the file: plain text, or instruction rows as JSON (one array) or JSONL
 * @param format {@code TEXT}, or {@code INSTRUCTIONS} for rows of {@code instruction}, {@code input}, {@code output}
 * @param tokenizer a {@code tokenizer.json}; absent means bytes (vocabulary 256)
 * @param context tokens per sample
 * @param evalFraction the last part of the data, never trained on, that evaluation uses: 0 (none) to 0.5
 */
public record DataSpec(String path, Format format, @Nullable String tokenizer, int context, double evalFraction) {
    /** How the file is read. */
    public enum Format {
        TEXT,
        INSTRUCTIONS
    }
}
