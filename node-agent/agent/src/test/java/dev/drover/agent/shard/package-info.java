@NullMarked
package dev.drover.agent.shard;

import org.jspecify.annotations.NullMarked;
