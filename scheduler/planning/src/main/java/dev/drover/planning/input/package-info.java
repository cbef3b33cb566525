/** What reaches a pool from outside, and the volatile facts it leaves behind. */
@NullMarked
package dev.drover.planning.input;

import org.jspecify.annotations.NullMarked;
