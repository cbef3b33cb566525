/** What the HTTP API asks of a pool, and the views it shows. */
@NullMarked
package dev.drover.protocol.api;

import org.jspecify.annotations.NullMarked;
