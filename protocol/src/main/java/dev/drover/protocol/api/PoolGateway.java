package dev.drover.protocol.api;

import dev.drover.protocol.id.PoolName;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * How the API reaches pools, wherever they run.
 *
 * <p>A reply means the decision is durable. A stage that fails or times out means the outcome is not known; commands are
 * idempotent, so ask again.
 */
public interface PoolGateway {
    /** Asks one pool; {@code NotFound} when there is no such pool, except for {@code ConfigurePool}, which creates it. */
    CompletionStage<PoolReply> ask(PoolName pool, PoolCommand command);

    /** Every pool there is. */
    CompletionStage<List<PoolName>> pools();
}
