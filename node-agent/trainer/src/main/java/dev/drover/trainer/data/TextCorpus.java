package dev.drover.trainer.data;

/** Plain text: a sample is a window of the slice, one for every place where a window fits. */
final class TextCorpus implements Corpus {
    private final Tokens tokens;
    private final Slice slice;
    private final int context;

    TextCorpus(Tokens tokens, Slice slice, int context) {
        this.tokens = tokens;
        this.slice = slice;
        this.context = context;
    }

    @Override
    public long samples() {
        return Math.max(0, slice.length() - context);
    }

    @Override
    public int countedTokens(long sample) {
        return context;
    }

    @Override
    public void fill(long sample, Batch batch, int row, float weight) {
        long start = slice.from() + sample;
        int token = tokens.at(start);
        for (int position = 0; position < context; position++) {
            int target = tokens.at(start + position + 1);
            batch.set(row, position, token, target, weight);
            token = target;
        }
    }
}
