/** {@code drover simulate}: recorded markets replayed under the policies of the live pool. */
@NullMarked
package dev.drover.dist.simulate;

import org.jspecify.annotations.NullMarked;
