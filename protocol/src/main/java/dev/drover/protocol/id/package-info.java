/** Names of things: every identifier that crosses a border. */
@NullMarked
package dev.drover.protocol.id;

import org.jspecify.annotations.NullMarked;
