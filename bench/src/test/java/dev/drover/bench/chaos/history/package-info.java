@NullMarked
package dev.drover.bench.chaos.history;

import org.jspecify.annotations.NullMarked;
