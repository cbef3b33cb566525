/** What a user submits. */
@NullMarked
package dev.drover.protocol.job;

import org.jspecify.annotations.NullMarked;
