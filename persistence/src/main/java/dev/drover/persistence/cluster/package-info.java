/** What schedulers of one cluster agree on in the database: who forms it, who is in it, and who goes on when it is cut in two. */
@NullMarked
package dev.drover.persistence.cluster;

import org.jspecify.annotations.NullMarked;
