/** Certificates by file, and connections made of them. Knows the JDK only. */
@NullMarked
package dev.drover.protocol.tls;

import org.jspecify.annotations.NullMarked;
