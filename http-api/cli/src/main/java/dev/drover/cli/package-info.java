/** The command line: asks the API, and shows its answers to people and to programs. */
@NullMarked
package dev.drover.cli;

import org.jspecify.annotations.NullMarked;
