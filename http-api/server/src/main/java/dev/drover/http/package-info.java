/** The HTTP API: submits, shows and drills, by asking pools and reading the read model. Decides nothing. */
@NullMarked
package dev.drover.http;

import org.jspecify.annotations.NullMarked;
