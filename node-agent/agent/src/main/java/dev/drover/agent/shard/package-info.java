/** One lease: its program, its phases, its steps and its log. */
@NullMarked
package dev.drover.agent.shard;

import org.jspecify.annotations.NullMarked;
