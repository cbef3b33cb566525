/** A private certificate authority for a trial: certificates are issued here and nowhere else. */
@NullMarked
package dev.drover.certs;

import org.jspecify.annotations.NullMarked;
