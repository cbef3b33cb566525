/** What a campaign does and what it sees, as data: planned faults, and the history of a run. Pure, but for the file it is kept in. */
@NullMarked
package dev.drover.bench.chaos.history;

import org.jspecify.annotations.NullMarked;
