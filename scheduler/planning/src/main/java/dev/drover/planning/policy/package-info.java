/** Which capacity to take: the choices a pool delegates, behind one interface. */
@NullMarked
package dev.drover.planning.policy;

import org.jspecify.annotations.NullMarked;
