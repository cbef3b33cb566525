package dev.drover.agent.shard;

import dev.drover.agent.setup.TrainerCommand;
import dev.drover.protocol.agent.ShardTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts training processes, and keeps one built-in trainer started ahead when asked to.
 *
 * <p>A warm process serves a task that runs the built-in trainer with as many threads; any other gets a fresh one. Safe to use
 * from any thread; starting blocks for some milliseconds.
 */
public final class WarmPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmPool.class);

    /** Leaves the processor to a shard that just took the warm process, and a program that can't start in peace. */
    private static final Duration REFILL_AFTER = Duration.ofSeconds(3);

    private final RunningProgram.Starter starter;
    private final TrainerCommand trainer;
    private final Path logs;
    private final InstantSource clock;
    private final AtomicLong started = new AtomicLong();
    private Optional<RunningProgram> warm = Optional.empty();
    private Instant refillFrom = Instant.MIN;
    private boolean closed;

    public WarmPool(RunningProgram.Starter starter, TrainerCommand trainer, Path logs, InstantSource clock) {
        this.starter = starter;
        this.trainer = trainer;
        this.logs = logs;
        this.clock = clock;
    }

    /**
     * A process for {@code task}: the warm one if it fits, else one just started.
     *
     * @throws IOException when this node can't start it now; a {@link NoSuchProgramException} when none can
     * @throws IllegalArgumentException when the task's spec is no JSON
     */
    public synchronized RunningProgram take(ShardTask task) throws IOException {
        Program program = Program.of(task, trainer);
        refillFrom = clock.instant().plus(REFILL_AFTER);
        if (program.equals(Program.trainer(trainer))) {
            Optional<RunningProgram> fits = warm.filter(RunningProgram::isAlive);
            warm = Optional.empty();
            if (fits.isPresent()) {
                return fits.get();
            }
        }
        return start(program);
    }

    /** Called again and again while a warm process is wanted: starts one when there is none and it is time. */
    public synchronized void refill() {
        if (closed
                || warm.filter(RunningProgram::isAlive).isPresent()
                || clock.instant().isBefore(refillFrom)) {
            return;
        }
        refillFrom = clock.instant().plus(REFILL_AFTER);
        try {
            warm = Optional.of(start(Program.trainer(trainer)));
        } catch (IOException e) {
            LOG.warn("can't start a warm trainer {}: {}", trainer.command(), e.toString());
        }
    }

    /** Whether a process waits that said it is ready. */
    public synchronized boolean isWarm() {
        return warm.filter(RunningProgram::isReady).isPresent();
    }

    @Override
    public synchronized void close() {
        closed = true;
        warm.ifPresent(RunningProgram::kill);
        warm = Optional.empty();
    }

    private RunningProgram start(Program program) throws IOException {
        if (closed) {
            throw new IOException("the agent is ending and starts nothing more");
        }
        Files.createDirectories(logs);
        Path log = logs.resolve("process-" + started.incrementAndGet() + ".log");
        Files.deleteIfExists(log);
        return starter.start(program, log);
    }
}
