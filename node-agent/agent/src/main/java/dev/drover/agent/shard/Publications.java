package dev.drover.agent.shard;

import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.StepRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A shard's steps and saves on their way into checkpoints. Belongs to the shard's actor. */
final class Publications {
    private static final int MAX_DOUBLINGS = 5;

    private final ShardExecutor effects;
    private final ShardView view;
    private final StepJournal journal = new StepJournal();
    private final SaveQueue saves = new SaveQueue();
    private Optional<ShardCommand.HandOff> handOff = Optional.empty();
    private int resumedStep = -1;
    private int publishedStep = -1;
    private int failures;

    Publications(ShardExecutor effects, ShardView view) {
        this.effects = effects;
        this.view = view;
    }

    void resumedAt(int step) {
        resumedStep = step;
    }

    /** The newest step that has a checkpoint or is on its way to one; -1 where there is none. */
    int keptStep() {
        return Math.max(resumedStep, takenStep());
    }

    private int takenStep() {
        return Math.max(publishedStep, saves.newestStep());
    }

    void stepped(StepRecord record) {
        journal.add(record);
    }

    /** Takes a save that the program made, and says whether it could: not where it lies where it may not, or comes late. */
    boolean saved(FromShard.Saved saved) {
        Path directory = effects.workDirectory().resolve(saved.dir()).normalize();
        Optional<String> refusal = refusal(saved.step(), directory);
        refusal.ifPresentOrElse(this::trouble, () -> {
            saves.offer(new SaveQueue.Save(saved.step(), directory, saved.writeMillis()))
                    .forEach(superseded -> effects.delete(superseded.directory()));
            next();
        });
        return refusal.isEmpty();
    }

    void trouble(String what) {
        view.saveTrouble(what);
        effects.log().line(what);
    }

    private Optional<String> refusal(int step, Path directory) {
        Path work = effects.workDirectory();
        if (!directory.startsWith(work) || directory.equals(work)) {
            return Optional.of(
                    "the program saved into " + directory + "; only directories inside " + work + " are taken");
        }
        if (step <= takenStep()) {
            return Optional.of("the program saved step " + step + " after step " + takenStep()
                    + "; each step is published once, in order");
        }
        return saves.holds(directory)
                ? Optional.of("the program saved step " + step + " into " + directory
                        + ", where a save waits for its publication; each save needs a fresh directory")
                : Optional.empty();
    }

    /** From now on pushed too if there is a target; what failed is tried once more. */
    void handOff(ShardCommand.HandOff order) {
        handOff = Optional.of(order);
        retry();
    }

    /** Publishes what waits, unless a publication is under way. */
    private void next() {
        saves.begin()
                .ifPresent(save -> effects.publish(
                        save,
                        journal.until(save.step()),
                        handOff.flatMap(ShardCommand.HandOff::target),
                        handOff.map(ShardCommand.HandOff::deadline).orElse(Instant.MAX)));
    }

    void published(ShardCommand.Published done) {
        SaveQueue.Save save = saves.succeeded();
        publishedStep = save.step();
        failures = 0;
        journal.published(save.step());
        effects.delete(save.directory());
        effects.deleteRestored();
        view.published(done.ref(), done.millis());
        effects.log().line("published the checkpoint at step " + save.step());
        next();
    }

    void notPublished(ShardCommand.NotPublished not) {
        failures++;
        Optional<SaveQueue.Save> dropped = not.isFinal() ? Optional.of(saves.succeeded()) : saves.failed();
        dropped.ifPresent(save -> effects.delete(save.directory()));
        trouble(not.reason());
        next();
    }

    /** How long to leave the store alone after so many failures in a row: doubling, unless there is a deadline. */
    Duration pause(Duration first) {
        int doublings = handOff.isPresent() ? 0 : Math.min(MAX_DOUBLINGS, failures - 1);
        return first.multipliedBy(1L << Math.max(0, doublings));
    }

    void retry() {
        saves.retry();
        next();
    }

    boolean hasFailed() {
        return saves.hasFailed();
    }

    boolean isDrained() {
        return saves.isDrained();
    }
}
