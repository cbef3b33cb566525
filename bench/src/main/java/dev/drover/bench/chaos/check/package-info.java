/** Whether a recorded campaign kept every promise. Pure: a story in, violations out. */
@NullMarked
package dev.drover.bench.chaos.check;

import org.jspecify.annotations.NullMarked;
