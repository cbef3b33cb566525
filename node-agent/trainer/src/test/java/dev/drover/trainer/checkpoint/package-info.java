/** Saving behind the back of training, and restoring exactly. */
@NullMarked
package dev.drover.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
