/** What an agent is told when it starts, and what its parts share. */
@NullMarked
package dev.drover.agent.setup;

import org.jspecify.annotations.NullMarked;
