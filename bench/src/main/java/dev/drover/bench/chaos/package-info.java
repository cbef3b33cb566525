/** The fault campaign: a whole Drover of real processes, to which everything happens. */
@NullMarked
package dev.drover.bench.chaos;

import org.jspecify.annotations.NullMarked;
