@NullMarked
package dev.drover.bench.chaos.check;

import org.jspecify.annotations.NullMarked;
