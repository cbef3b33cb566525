/** Where capacity comes from: regions, zones, instance types, capacity types. */
@NullMarked
package dev.drover.protocol.market;

import org.jspecify.annotations.NullMarked;
