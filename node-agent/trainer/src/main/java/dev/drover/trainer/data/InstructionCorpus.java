package dev.drover.trainer.data;

import java.util.List;

/** Instruction rows, one per sample: only the answer's tokens count, and what is left of the context is padding. */
final class InstructionCorpus implements Corpus {
    private final List<Conversation> rows;

    InstructionCorpus(List<Conversation> rows) {
        this.rows = List.copyOf(rows);
    }

    @Override
    public long samples() {
        return rows.size();
    }

    @Override
    public int countedTokens(long sample) {
        return row(sample).answerTokens();
    }

    @Override
    public void fill(long sample, Batch batch, int row, float weight) {
        Conversation conversation = row(sample);
        int[] tokens = conversation.tokens();
        for (int position = 0; position < batch.context(); position++) {
            int next = position + 1;
            // Padding comes last and attention is causal, so its ids reach no counted target.
            int token = position < tokens.length ? tokens[position] : 0;
            int target = next < tokens.length ? tokens[next] : 0;
            boolean counted = next < tokens.length && next >= conversation.answerFrom();
            batch.set(row, position, token, target, counted ? weight : 0);
        }
    }

    private Conversation row(long sample) {
        return rows.get(Math.toIntExact(sample));
    }
}
