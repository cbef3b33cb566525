/** What Drover asks of a cloud, whichever it is: prices, launches, endings, and what became of an instance. */
@NullMarked
package dev.drover.cloud;

import org.jspecify.annotations.NullMarked;
