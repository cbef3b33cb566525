@NullMarked
package dev.drover.http;

import org.jspecify.annotations.NullMarked;
