/** What must hold in every world, one class per promise. Told everything, trusting nothing that the pool says of itself. */
@NullMarked
package dev.drover.simulation.world.check;

import org.jspecify.annotations.NullMarked;
