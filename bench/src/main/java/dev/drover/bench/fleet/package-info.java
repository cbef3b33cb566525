/** Many real agents in few processes, and what they show of the schedulers. */
@NullMarked
package dev.drover.bench.fleet;

import org.jspecify.annotations.NullMarked;
