/** Databases for tests, of this module and of others. */
@NullMarked
package dev.drover.persistence.trial;

import org.jspecify.annotations.NullMarked;
