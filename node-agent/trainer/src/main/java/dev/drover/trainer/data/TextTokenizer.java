package dev.drover.trainer.data;

/** Turns text into token ids. */
public sealed interface TextTokenizer permits ByteTokenizer, HuggingFaceText {
    /** Number of different ids; every id is smaller. */
    int vocabulary();

    /** The ids of the whole text, never truncated, with no special tokens added. */
    int[] encode(String text);
}
