package dev.drover.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * A body that is found by asking again and again.
 *
 * <p>Each part is looked for only when the reader has taken the one before, so a slow reader costs nothing and nothing
 * queues up. Runs on virtual threads.
 */
final class Polled {
    private Polled() {}

    /** A body of the parts {@code feed} finds, until it finds no more. */
    static Source<ByteString, NotUsed> source(Feed feed, Executor executor) {
        return Source.unfoldAsync(
                feed,
                state -> CompletableFuture.supplyAsync(
                        () -> state.next().map(part -> Pair.create(state, ByteString.fromString(part))), executor));
    }

    /** Waits before the next look. */
    static void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while following", e);
        }
    }

    /** Finds the parts, one after the other. Used by one reader, never by two threads at a time. */
    @FunctionalInterface
    interface Feed {
        /** The next part; blocks until there is one. Empty at the end. */
        Optional<String> next();
    }
}
