/** Reading what people write: YAML or JSON text, its limits, and every problem with it at once. */
@NullMarked
package dev.drover.protocol.spec;

import org.jspecify.annotations.NullMarked;
