/** What agents and schedulers tell each other, and its wire format. */
@NullMarked
package dev.drover.protocol.agent;

import org.jspecify.annotations.NullMarked;
