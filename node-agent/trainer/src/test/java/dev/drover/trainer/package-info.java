/** The built-in training program: one process per shard, driven over the shard protocol. */
@NullMarked
package dev.drover.trainer;

import org.jspecify.annotations.NullMarked;
