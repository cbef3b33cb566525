/** What crosses the wire, as tables. */
@NullMarked
package dev.drover.protocol;

import org.jspecify.annotations.NullMarked;
