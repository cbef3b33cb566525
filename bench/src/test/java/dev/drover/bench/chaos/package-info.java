@NullMarked
package dev.drover.bench.chaos;

import org.jspecify.annotations.NullMarked;
