/** The connection to whichever scheduler answers. */
@NullMarked
package dev.drover.agent.link;

import org.jspecify.annotations.NullMarked;
