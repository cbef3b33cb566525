@NullMarked
package dev.drover.protocol.shard;

import org.jspecify.annotations.NullMarked;
