/** A whole Drover put to the test, in real processes: what the campaigns and benchmarks share. */
@NullMarked
package dev.drover.dist.trial;

import org.jspecify.annotations.NullMarked;
