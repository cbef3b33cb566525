/** The member on an instance: it holds leases, runs shards, and dials the schedulers. */
@NullMarked
package dev.drover.agent;

import org.jspecify.annotations.NullMarked;
