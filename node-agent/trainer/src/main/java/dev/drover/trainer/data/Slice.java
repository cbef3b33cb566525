package dev.drover.trainer.data;

/** The half-open range {@code [from, to)} of tokens or rows. */
public record Slice(long from, long to) {
    public Slice {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("not a range: from " + from + " to " + to);
        }
    }

    public long length() {
        return to - from;
    }

    /** The part that no shard trains on: the last {@code evalFraction} of {@code size}, rounded down. */
    public static Slice heldOut(long size, double evalFraction) {
        return new Slice(size - (long) Math.floor(size * evalFraction), size);
    }

    /** The {@code index}-th of {@code parts} contiguous slices; together they cover the whole without overlap. */
    public Slice part(int index, int parts) {
        return new Slice(from + length() * index / parts, from + length() * (index + 1) / parts);
    }
}
