package dev.drover.dist.trial;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Several clients at once. */
final class Connections {
    private static final int COUNT = 8;

    private Connections() {}

    /** One request of many. */
    interface Request {
        void send(int number) throws IOException, InterruptedException;
    }

    /**
     * Sends {@code count} requests, numbered from 0, over 8 connections, and returns when all were answered.
     *
     * @param goOn asked before each: once it says no, the rest is not sent
     * @return those that failed, in words
     */
    static List<String> run(int count, BooleanSupplier goOn, Request request) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int number = next.getAndIncrement();
                        number < count && goOn.getAsBoolean();
                        number = next.getAndIncrement()) {
                    try {
                        request.send(number);
                    } catch (IOException e) {
                        failures.add("request " + number + ": " + e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(failures);
    }
}
