/** {@code drover certs}: certificates for a trial. */
@NullMarked
package dev.drover.dist.certs;

import org.jspecify.annotations.NullMarked;
