/** How Drover writes and reads JSON and YAML. */
@NullMarked
package dev.drover.protocol.json;

import org.jspecify.annotations.NullMarked;
