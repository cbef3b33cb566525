@NullMarked
package dev.drover.certs;

import org.jspecify.annotations.NullMarked;
