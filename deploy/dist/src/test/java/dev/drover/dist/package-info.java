/** Tests of the whole: the walls, the style, and several real processes together. */
@NullMarked
package dev.drover.dist;

import org.jspecify.annotations.NullMarked;
