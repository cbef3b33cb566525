@NullMarked
package dev.drover.protocol.tls;

import org.jspecify.annotations.NullMarked;
