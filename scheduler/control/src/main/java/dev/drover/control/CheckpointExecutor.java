package dev.drover.control;

import dev.drover.planning.Intent;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.checkpoint.InvalidCheckpointException;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads which checkpoints of a shard the store holds. A store that fails gives no answer, never an empty one, and the pool hears
 * why. A question is asked once at a time; another one, also of the same shard, does not wait for it.
 */
final class CheckpointExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointExecutor.class);

    private final CheckpointCatalog catalog;
    private final InFlight<Intent.ReadCheckpoints> reads;

    CheckpointExecutor(ObjectStore store, Executor executor) {
        this.catalog = new CheckpointCatalog(store);
        this.reads = new InFlight<>(executor, LOG);
    }

    void read(Intent.ReadCheckpoints intent, Consumer<Input> results) {
        reads.run(
                intent,
                () -> results.accept(answer(intent)),
                cause -> results.accept(new Input.Failed(new Effort.CheckpointRead(intent.shard()), cause)));
    }

    private Input answer(Intent.ReadCheckpoints intent) throws IOException {
        List<String> passedOver = new ArrayList<>();
        List<CheckpointRef> published = catalog
                .published(intent.shard(), invalid -> {
                    LOG.warn("passed over a checkpoint of {}: {}", intent.shard(), invalid.getMessage());
                    passedOver.add(String.valueOf(invalid.getMessage()));
                })
                .stream()
                .filter(ref -> ref.lease().generation() <= intent.generation())
                .toList();
        Optional<CheckpointRef> doubted = intent.doubted().filter(published::contains);
        return new Input.CheckpointsRead(
                intent.shard(),
                intent.generation(),
                intent.since(),
                published,
                passedOver.reversed(),
                doubted.isPresent() ? flaw(doubted.get()) : Optional.empty());
    }

    private Optional<String> flaw(CheckpointRef doubted) throws IOException {
        try {
            catalog.verify(doubted);
            return Optional.empty();
        } catch (InvalidCheckpointException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
