package dev.drover.control;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Runs at most one task per key at a time; a repeat while one is under way does nothing.
 *
 * <p>A task that fails is told and forgotten: who is told decides when it is done again.
 */
final class InFlight<K> {
    private final Set<K> keys = ConcurrentHashMap.newKeySet();
    private final Executor executor;
    private final Logger log;

    InFlight(Executor executor, Logger log) {
        this.executor = executor;
        this.log = log;
    }

    /**
     * Starts {@code task}, unless one of this key is under way.
     *
     * @param failed hears why, where the task fails
     */
    void run(K key, Task task, Consumer<String> failed) {
        if (!keys.add(key)) {
            return;
        }
        try {
            executor.execute(() -> {
                Optional<String> failure = Optional.empty();
                try {
                    task.run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (Exception e) {
                    log.debug("a task of {} failed", key, e);
                    failure = Optional.of(e.toString());
                } finally {
                    keys.remove(key);
                }
                failure.ifPresent(failed);
            });
        } catch (RuntimeException e) {
            keys.remove(key);
            throw e;
        }
    }

    /** Blocking work that may fail. */
    @FunctionalInterface
    interface Task {
        void run() throws Exception;
    }
}
