@NullMarked
package dev.drover.persistence.cluster;

import org.jspecify.annotations.NullMarked;
