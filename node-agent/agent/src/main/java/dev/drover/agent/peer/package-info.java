/** State from node to node, without the store between. */
@NullMarked
package dev.drover.agent.peer;

import org.jspecify.annotations.NullMarked;
