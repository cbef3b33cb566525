/** AdamW, its learning rate schedule, and the clipping of gradients. */
@NullMarked
package dev.drover.trainer.optim;

import org.jspecify.annotations.NullMarked;
