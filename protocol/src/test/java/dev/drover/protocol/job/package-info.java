@NullMarked
package dev.drover.protocol.job;

import org.jspecify.annotations.NullMarked;
