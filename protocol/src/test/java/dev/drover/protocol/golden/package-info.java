/** What releases wrote, kept as files; for the tests of this module and of others. */
@NullMarked
package dev.drover.protocol.golden;

import org.jspecify.annotations.NullMarked;
