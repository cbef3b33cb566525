/** A decoder-only transformer of the Llama and Qwen2 shape, from plain tensor operations. */
@NullMarked
package dev.drover.trainer.model;

import org.jspecify.annotations.NullMarked;
