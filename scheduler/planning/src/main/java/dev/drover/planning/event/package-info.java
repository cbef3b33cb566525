/** What happened to a pool, as the journal keeps it. */
@NullMarked
package dev.drover.planning.event;

import org.jspecify.annotations.NullMarked;
