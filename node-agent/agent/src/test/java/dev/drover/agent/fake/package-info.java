@NullMarked
package dev.drover.agent.fake;

import org.jspecify.annotations.NullMarked;
