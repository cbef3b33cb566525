package dev.drover.agent.shard;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Saves on their way to the store: one under publication, at most one behind it. A newer save supersedes an older one that
 * waits or that failed.
 */
final class SaveQueue {
    private Optional<Save> inFlight = Optional.empty();
    private Optional<Save> waiting = Optional.empty();
    private Optional<Save> failed = Optional.empty();

    /** A local directory with the state after {@code step}. */
    record Save(int step, Path directory, double writeMillis) {}

    /** Adds a save and returns those it supersedes, whose directories may go. */
    List<Save> offer(Save save) {
        List<Save> superseded = new ArrayList<>();
        waiting.ifPresent(superseded::add);
        failed.ifPresent(superseded::add);
        waiting = Optional.of(save);
        failed = Optional.empty();
        return superseded;
    }

    /** The newest step that is under way, waits or failed; -1 when there is none. */
    int newestStep() {
        return held().mapToInt(Save::step).max().orElse(-1);
    }

    /** Whether a save in that directory is not published yet. */
    boolean holds(Path directory) {
        return held().anyMatch(save -> save.directory().equals(directory));
    }

    private Stream<Save> held() {
        return Stream.of(inFlight, waiting, failed).flatMap(Optional::stream);
    }

    /** The save to publish now, if there is one and none is under way. */
    Optional<Save> begin() {
        if (inFlight.isPresent() || waiting.isEmpty()) {
            return Optional.empty();
        }
        inFlight = waiting;
        waiting = Optional.empty();
        return inFlight;
    }

    /** The one under way is published; its directory may go. */
    Save succeeded() {
        Save save = inFlight.orElseThrow();
        inFlight = Optional.empty();
        return save;
    }

    /** The one under way failed; returned when a newer one supersedes it, else kept for {@link #retry}. */
    Optional<Save> failed() {
        Save save = succeeded();
        if (waiting.isPresent()) {
            return Optional.of(save);
        }
        failed = Optional.of(save);
        return Optional.empty();
    }

    /** Lets the failed one wait again. */
    void retry() {
        if (waiting.isEmpty()) {
            waiting = failed;
        }
        failed = Optional.empty();
    }

    boolean hasFailed() {
        return failed.isPresent();
    }

    /** Nothing waits, is under way or failed: all that was saved is published. */
    boolean isDrained() {
        return inFlight.isEmpty() && waiting.isEmpty() && failed.isEmpty();
    }
}
