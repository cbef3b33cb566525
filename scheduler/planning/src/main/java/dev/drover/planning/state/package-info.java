/** What the journal remembers of a pool: the fold of its events. */
@NullMarked
package dev.drover.planning.state;

import org.jspecify.annotations.NullMarked;
