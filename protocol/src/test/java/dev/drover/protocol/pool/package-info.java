@NullMarked
package dev.drover.protocol.pool;

import org.jspecify.annotations.NullMarked;
