/** What every cloud provider has to pass. */
@NullMarked
package dev.drover.cloud;

import org.jspecify.annotations.NullMarked;
