package dev.drover.trainer.data;

/** A long run of token ids, readable at random. */
public interface Tokens {
    long size();

    /** The id at {@code index}, from 0 to {@code size() - 1}. */
    int at(long index);

    /** Ids held in memory. */
    static Tokens of(int[] ids) {
        return new Tokens() {
            @Override
            public long size() {
                return ids.length;
            }

            @Override
            public int at(long index) {
                return ids[Math.toIntExact(index)];
            }
        };
    }
}
