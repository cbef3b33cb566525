@NullMarked
package dev.drover.protocol.store;

import org.jspecify.annotations.NullMarked;
