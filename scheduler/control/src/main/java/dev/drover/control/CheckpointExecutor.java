package dev.drover.control;

import dev.drover.planning.Intent;
import dev.drover.planning.input.Input;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads which checkpoints of a shard the store holds. A store that fails gives no answer, never an empty one. */
final class CheckpointExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointExecutor.class);

    private final CheckpointCatalog catalog;
    private final InFlight<Intent.ReadCheckpoints> reads;

    CheckpointExecutor(ObjectStore store, Executor executor) {
        this.catalog = new CheckpointCatalog(store);
        this.reads = new InFlight<>(executor, LOG);
    }

    void read(Intent.ReadCheckpoints intent, Consumer<Input> results) {
        reads.run(intent, "read the checkpoints of " + intent.shard(), () -> {
            List<String> passedOver = new ArrayList<>();
            List<CheckpointRef> published = catalog
                    .published(intent.shard(), invalid -> {
                        LOG.warn("passed over a checkpoint of {}: {}", intent.shard(), invalid.getMessage());
                        passedOver.add(String.valueOf(invalid.getMessage()));
                    })
                    .stream()
                    .filter(ref -> ref.lease().generation() <= intent.generation())
                    .toList();
            results.accept(new Input.CheckpointsRead(
                    intent.shard(), intent.generation(), intent.since(), published, passedOver.reversed()));
        });
    }
}
