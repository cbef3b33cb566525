/** The demo: trains through every kind of disruption and compares with an undisturbed run, bit for bit. */
@NullMarked
package dev.drover.dist.demo;

import org.jspecify.annotations.NullMarked;
