@NullMarked
package dev.drover.dist.certs;

import org.jspecify.annotations.NullMarked;
