package dev.drover.agent.shard;

import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.StepRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** A shard's steps and saves on their way into checkpoints. Belongs to the shard's actor. */
final class Publications {
    private final ShardExecutor effects;
    private final StepJournal journal = new StepJournal();
    private final SaveQueue saves = new SaveQueue();

    Publications(ShardExecutor effects) {
        this.effects = effects;
    }

    void stepped(StepRecord record) {
        journal.add(record);
    }

    /**
     * Takes a save that the program made.
     *
     * @return why not, if it lies where it may not
     */
    Optional<String> saved(FromShard.Saved saved) {
        Path work = effects.workDirectory();
        Path directory = Path.of(saved.dir()).toAbsolutePath().normalize();
        if (!directory.startsWith(work) || directory.equals(work)) {
            return Optional.of(
                    "the program saved into " + directory + "; only directories inside " + work + " are taken");
        }
        saves.offer(new SaveQueue.Save(saved.step(), directory, saved.writeMillis()))
                .forEach(superseded -> effects.delete(superseded.directory()));
        return Optional.empty();
    }

    /** Publishes what waits, unless a publication is under way; pushes it too when there is a handoff with a target. */
    void next(Optional<ShardCommand.HandOff> handOff) {
        saves.begin()
                .ifPresent(save -> effects.publish(
                        save,
                        journal.until(save.step()),
                        handOff.flatMap(ShardCommand.HandOff::target),
                        handOff.map(ShardCommand.HandOff::deadline).orElse(Instant.MAX)));
    }

    void published() {
        SaveQueue.Save save = saves.succeeded();
        journal.published(save.step());
        effects.delete(save.directory());
        effects.deleteRestored();
    }

    void notPublished() {
        saves.failed().ifPresent(superseded -> effects.delete(superseded.directory()));
    }

    void retry() {
        saves.retry();
    }

    boolean hasFailed() {
        return saves.hasFailed();
    }

    boolean isDrained() {
        return saves.isDrained();
    }
}
