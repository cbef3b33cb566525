package dev.drover.protocol.shard;

/**
 * Sizes of a decoder-only transformer of the Llama and Qwen2 shape.
 *
 * @param layers number of blocks
 * @param width the residual stream's width; a multiple of {@code heads}, with an even width per head
 * @param heads query heads
 * @param kvHeads key and value heads (grouped-query attention); divides {@code heads}
 * @param feedForward inner width of the SwiGLU block
 */
public record ModelSpec(int layers, int width, int heads, int kvHeads, int feedForward) {}
