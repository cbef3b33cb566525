package dev.drover.trainer.data;

import java.util.Arrays;

/**
 * One instruction row as tokens.
 *
 * @param tokens prompt and answer
 * @param answerFrom index of the answer's first token; what lies before is read but not learned
 */
@SuppressWarnings("ArrayRecordComponent") // A row is data in bulk, never compared.
record Conversation(int[] tokens, int answerFrom) {
    /** The row cut to what a sample can hold: {@code context} inputs, and so one more token. */
    Conversation cutTo(int context) {
        return tokens.length <= context + 1 ? this : new Conversation(Arrays.copyOf(tokens, context + 1), answerFrom);
    }

    int answerTokens() {
        return Math.max(0, tokens.length - answerFrom);
    }
}
