@NullMarked
package dev.drover.agent.link;

import org.jspecify.annotations.NullMarked;
