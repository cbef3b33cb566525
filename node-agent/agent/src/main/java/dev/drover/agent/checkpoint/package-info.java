/** Publishing, restoring and pruning checkpoints. */
@NullMarked
package dev.drover.agent.checkpoint;

import org.jspecify.annotations.NullMarked;
