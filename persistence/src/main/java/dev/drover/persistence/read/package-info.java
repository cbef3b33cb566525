/** The read model: what is asked often, or outlives the state of a pool. */
@NullMarked
package dev.drover.persistence.read;

import org.jspecify.annotations.NullMarked;
