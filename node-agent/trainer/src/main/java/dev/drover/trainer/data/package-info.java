/** From files to batches: tokens, the held-out part, the shard's slice, and the order of samples. */
@NullMarked
package dev.drover.trainer.data;

import org.jspecify.annotations.NullMarked;
