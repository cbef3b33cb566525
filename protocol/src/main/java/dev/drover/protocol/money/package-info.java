/** Money and prices, exact in decimal. */
@NullMarked
package dev.drover.protocol.money;

import org.jspecify.annotations.NullMarked;
