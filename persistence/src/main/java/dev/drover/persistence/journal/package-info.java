/** How a pool's events and snapshots are kept: their bytes, their names, and the database they lie in. */
@NullMarked
package dev.drover.persistence.journal;

import org.jspecify.annotations.NullMarked;
