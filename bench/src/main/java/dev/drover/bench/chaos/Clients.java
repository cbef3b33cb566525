package dev.drover.bench.chaos;

import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.trial.ClusterTrial.SchedulerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** One client of the API: it asks one scheduler, and where that does not answer, or not yet, the next. */
final class Clients implements AutoCloseable {
    private static final long TRY_AGAIN_MILLIS = 300;

    private final List<SchedulerProcess> schedulers;
    private final List<DemoApi> apis;
    private int at;

    Clients(List<SchedulerProcess> schedulers, int first) {
        this.schedulers = schedulers;
        this.apis = schedulers.stream().map(SchedulerProcess::api).toList();
        this.at = first % schedulers.size();
    }

    /** What is asked; it may be asked again. */
    interface Question<T> {
        T ask(DemoApi api) throws IOException, InterruptedException;
    }

    /** An answer, and who gave it. */
    record Answered<T>(T value, String scheduler) {}

    /**
     * Asks until it is answered.
     *
     * @throws TimeoutException with the last refusal, when that takes longer than {@code patience} or is given up
     */
    <T> Answered<T> ask(String what, Duration patience, BooleanSupplier givenUp, Question<T> question)
            throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return new Answered<>(
                        question.ask(apis.get(at)), schedulers.get(at).url());
            } catch (IOException e) {
                if (System.nanoTime() > end || givenUp.getAsBoolean()) {
                    throw new TimeoutException(what + " was not answered: " + e.getMessage());
                }
                at = (at + 1) % apis.size();
                Thread.sleep(TRY_AGAIN_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        apis.forEach(DemoApi::close);
    }
}
