@NullMarked
package dev.drover.protocol.agent;

import org.jspecify.annotations.NullMarked;
