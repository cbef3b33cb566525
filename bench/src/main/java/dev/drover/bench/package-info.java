/** Programs that measure a whole Drover and print their conditions with their figures. */
@NullMarked
package dev.drover.bench;

import org.jspecify.annotations.NullMarked;
