@NullMarked
package dev.drover.protocol.json;

import org.jspecify.annotations.NullMarked;
