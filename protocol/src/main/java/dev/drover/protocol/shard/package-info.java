/** The shard protocol: what an agent and a training process say to each other, as newline-delimited JSON over a Unix socket. Any program may speak it. */
@NullMarked
package dev.drover.protocol.shard;

import org.jspecify.annotations.NullMarked;
