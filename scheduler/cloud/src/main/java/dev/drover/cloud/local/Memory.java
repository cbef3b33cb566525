package dev.drover.cloud.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** The cloud's state: changed one at a time, and on disk before anybody sees it. */
final class Memory {
    private final StateFile file;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile CloudState state;

    Memory(StateFile file, CloudState state) {
        this.file = file;
        this.state = state;
    }

    CloudState state() {
        return state;
    }

    /** A change that answers something besides. */
    record Change<T>(CloudState state, T answer) {}

    /** A step that may fail for want of disk or ports. */
    interface Step<T> {
        Change<T> from(CloudState state) throws IOException;
    }

    /**
     * Decides on the state and remembers what was decided.
     *
     * @throws UncheckedIOException if it could not be written; then nothing changed
     */
    <T> T decide(Step<T> step) {
        lock.lock();
        try {
            Change<T> change = step.from(state);
            if (!change.state().equals(state)) {
                file.save(change.state());
                state = change.state();
            }
            return change.answer();
        } catch (IOException e) {
            throw new UncheckedIOException("the local cloud could not write its memory: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    /** Changes what is known of a node; empty if it is not known. */
    Optional<InstanceRecord> change(OwnedNode node, UnaryOperator<InstanceRecord> change) {
        return decide(before -> {
            Optional<InstanceRecord> changed = before.find(node).map(change);
            return new Change<>(changed.map(before::with).orElse(before), changed);
        });
    }
}
