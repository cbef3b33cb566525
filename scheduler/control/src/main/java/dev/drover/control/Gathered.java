package dev.drover.control;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * One write at a time, of all that has come together since the one before: under load many callers share a transaction.
 *
 * <p>Whoever comes first writes, for those too who come meanwhile. A write that fails fails for all that it was made for.
 */
final class Gathered<T> {
    private final Consumer<List<T>> write;
    private List<Waiting<T>> waiting = new ArrayList<>();
    private boolean writing;

    Gathered(Consumer<List<T>> write) {
        this.write = write;
    }

    private record Waiting<T>(T item, CompletableFuture<Void> written) {}

    /**
     * Returns when it is written. Blocks.
     *
     * @throws RuntimeException as the write did that it was part of
     */
    void write(T item) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        if (isFirst(new Waiting<>(item, written))) {
            for (List<Waiting<T>> next = next(); !next.isEmpty(); next = next()) {
                write(next);
            }
        }
        try {
            var unused = written.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException why ? why : e;
        }
    }

    private void write(List<Waiting<T>> together) {
        try {
            write.accept(together.stream().map(Waiting::item).toList());
            together.forEach(each -> each.written().complete(null));
        } catch (RuntimeException | Error e) {
            together.forEach(each -> each.written().completeExceptionally(e));
        }
    }

    /** How many wait for a write that has not begun. */
    synchronized int waiting() {
        return waiting.size();
    }

    private synchronized boolean isFirst(Waiting<T> item) {
        waiting.add(item);
        boolean first = !writing;
        writing = true;
        return first;
    }

    private synchronized List<Waiting<T>> next() {
        List<Waiting<T>> next = waiting;
        waiting = new ArrayList<>();
        writing = !next.isEmpty();
        return next;
    }
}
