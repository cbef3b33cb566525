package dev.drover.protocol.market;

/**
 * What a shard needs, or what a node has.
 *
 * @param accelerator the kind, as {@code cpu}, {@code a10}, {@code a100}
 * @param count how many of them
 * @param memory host memory
 */
public record Resources(String accelerator, int count, ByteSize memory) {
    /** How many times {@code need} fits into this: the number of slots. Memory 0 means not stated. */
    public int slotsFor(Resources need) {
        if (!accelerator.equals(need.accelerator) || need.count < 1) {
            return 0;
        }
        int byCount = count / need.count;
        if (need.memory.bytes() == 0) {
            return byCount;
        }
        return (int) Math.min(byCount, memory.bytes() / need.memory.bytes());
    }
}
