/** Replay of recorded spot markets: what a policy would have paid, and what the best plan in hindsight. */
@NullMarked
package dev.drover.simulation.trace;

import org.jspecify.annotations.NullMarked;
