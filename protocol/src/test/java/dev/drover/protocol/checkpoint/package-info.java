@NullMarked
package dev.drover.protocol.checkpoint;

import org.jspecify.annotations.NullMarked;
