/** The local cloud under test, with a tiny program for an agent. */
@NullMarked
package dev.drover.cloud.local;

import org.jspecify.annotations.NullMarked;
