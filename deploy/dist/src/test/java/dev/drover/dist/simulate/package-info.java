/** Tests of {@code drover simulate}. */
@NullMarked
package dev.drover.dist.simulate;

import org.jspecify.annotations.NullMarked;
