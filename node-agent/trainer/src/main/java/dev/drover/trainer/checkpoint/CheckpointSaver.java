package dev.drover.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves checkpoints behind the back of training: copies the state at a step boundary, writes and fsyncs it on a thread of its own.
 *
 * <p>One save is in flight at a time, and one that fails harms nothing else. Only one thread calls {@link #begin}.
 */
public final class CheckpointSaver {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSaver.class);

    private final CheckpointWriter files;
    private final Listener listener;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("checkpoint-writer").factory());

    private volatile boolean busy;
    private volatile int savedStep = -1;

    /** Is told, on the writer's thread, how each save ended. */
    public interface Listener {
        void saved(int step, Path directory, double pauseMillis, double writeMillis);

        void saveFailed(int step, String reason);

        /** The saver is free again; called after one of the others. */
        void settled();
    }

    public CheckpointSaver(CheckpointWriter files, Listener listener) {
        this.files = files;
        this.listener = listener;
    }

    /** Whether a save is in flight. */
    public boolean busy() {
        return busy;
    }

    /** The newest step saved by this process, and told of; or -1. */
    public int savedStep() {
        return savedStep;
    }

    /**
     * Copies the state and begins to write it into a directory of its own under {@code workDir}. Returns when training may go on.
     *
     * @return how long the copy took, in milliseconds
     */
    public double begin(TrainState state, Path workDir) {
        if (busy) {
            throw new IllegalStateException("a save is in flight; the copy of step " + state.step() + " must wait");
        }
        busy = true;
        long from = System.nanoTime();
        files.take();
        double pauseMillis = millisSince(from);
        thread.execute(() -> save(state, workDir, pauseMillis));
        return pauseMillis;
    }

    private void save(TrainState state, Path workDir, double pauseMillis) {
        long from = System.nanoTime();
        try {
            Path directory = files.write(state, workDir);
            listener.saved(state.step(), directory, pauseMillis, millisSince(from));
            // Not sooner: who sees it may say that all is done, and that must not overtake the word that it is saved.
            savedStep = state.step();
        } catch (IOException | RuntimeException e) {
            LOG.warn("the save of step {} failed", state.step(), e);
            listener.saveFailed(
                    state.step(),
                    "can't save step %d in %s: %s; training goes on and saves again when due"
                            .formatted(state.step(), workDir, describe(e)));
        } finally {
            busy = false;
            listener.settled();
        }
    }

    private static String describe(Exception e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }
}
