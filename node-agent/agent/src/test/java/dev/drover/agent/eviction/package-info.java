@NullMarked
package dev.drover.agent.eviction;

import org.jspecify.annotations.NullMarked;
