package dev.drover.trainer.data;

/** Samples by index, each as long as the context. */
public interface Corpus {
    /** How many different samples there are. */
    long samples();

    /** How many targets of this sample count in the loss; at least one. */
    int countedTokens(long sample);

    /** Writes the sample to a row of the batch, each counted target with {@code weight}. */
    void fill(long sample, Batch batch, int row, float weight);
}
