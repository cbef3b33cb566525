/** The local cloud: a process of its own whose instances are agent processes on this machine, and the clients that talk to it. */
@NullMarked
package dev.drover.cloud.local;

import org.jspecify.annotations.NullMarked;
