/** The ways to learn that the node will be taken, and when to act on it. */
@NullMarked
package dev.drover.agent.eviction;

import org.jspecify.annotations.NullMarked;
