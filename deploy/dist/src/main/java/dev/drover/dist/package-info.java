/** The mains and their wiring: the one place that sees everything. */
@NullMarked
package dev.drover.dist;

import org.jspecify.annotations.NullMarked;
