@NullMarked
package dev.drover.agent.checkpoint;

import org.jspecify.annotations.NullMarked;
