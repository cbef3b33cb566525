package dev.drover.control;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;

/**
 * Runs at most one task per key at a time; a repeat while one is under way does nothing.
 *
 * <p>A task that fails is logged and forgotten: what it was to do is derived again by the pool's next tick.
 */
final class InFlight<K> {
    private final Set<K> keys = ConcurrentHashMap.newKeySet();
    private final Executor executor;
    private final Logger log;

    InFlight(Executor executor, Logger log) {
        this.executor = executor;
        this.log = log;
    }

    /** {@code attempted} says what, with which ids, for the log. */
    void run(K key, String attempted, Task task) {
        if (!keys.add(key)) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (Exception e) {
                    log.warn("could not {}; it is tried again on a later tick: {}", attempted, e.toString());
                    log.debug("could not {}", attempted, e);
                } finally {
                    keys.remove(key);
                }
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
