package dev.drover.trainer.data;

/** A corpus in the order it is read. */
public record SampleStream(Corpus corpus, SampleOrder order) {
    /** Targets that count in the loss, over {@code count} samples from {@code cursor} on. */
    public long countedTokens(long cursor, long count) {
        long counted = 0;
        for (long i = 0; i < count; i++) {
            counted += corpus.countedTokens(order.sampleAt(cursor + i));
        }
        return counted;
    }

    /** Fills every row of the batch with the samples from {@code cursor} on. */
    public void fill(long cursor, Batch batch, float weight) {
        for (int row = 0; row < batch.rows(); row++) {
            corpus.fill(order.sampleAt(cursor + row), batch, row, weight);
        }
    }
}
