package dev.drover.dist;

import java.util.concurrent.CountDownLatch;

/** Ctrl-C or SIGTERM, to a program that runs in the foreground until then and ends in an order of its own. */
final class EndRequest implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private EndRequest() {}

    /** From now on the JVM ends only once this is closed. */
    static EndRequest expected() {
        EndRequest request = new EndRequest();
        Runtime.getRuntime().addShutdownHook(new Thread(request::awaitEnd, "drover-stop"));
        return request;
    }

    /** Returns when it has come. */
    void await() throws InterruptedException {
        asked.await();
    }

    /** As if it had come from outside. */
    void ask() {
        asked.countDown();
    }

    private void awaitEnd() {
        asked.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All is in order. */
    @Override
    public void close() {
        ended.countDown();
    }
}
