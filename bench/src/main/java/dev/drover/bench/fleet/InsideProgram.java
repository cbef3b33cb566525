package dev.drover.bench.fleet;

import dev.drover.agent.shard.ProcessEvent;
import dev.drover.agent.shard.Program;
import dev.drover.agent.shard.RunningProgram;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.shard.ToShard;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A no-op program inside its agent's process: done at once, or after one step that it saves. It says and saves what noop.c does; it
 * costs no process. As soon as it is started it is done; so there is nothing to stop.
 */
final class InsideProgram implements RunningProgram {
    /** As a job's {@code command}, with {@link #SAVING} or without. */
    static final String COMMAND = "no-op-inside-the-agent";

    /** Makes a step, and saves it. */
    static final String SAVING = "saving";

    private final boolean saving;
    private final Path log;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ProcessEvent> unheard = new ArrayList<>();
    private Optional<Consumer<ProcessEvent>> listener = Optional.empty();
    private volatile boolean killed;

    private InsideProgram(boolean saving, Path log) {
        this.saving = saving;
        this.log = log;
    }

    static boolean isNamedBy(Program program) {
        return program.command().getFirst().equals(COMMAND);
    }

    static InsideProgram start(Program program, Path log) {
        InsideProgram started = new InsideProgram(program.command().contains(SAVING), log);
        started.say(new FromShard.Ready(program.command().getFirst(), "1"));
        return started;
    }

    @Override
    public void listen(Consumer<ProcessEvent> next) {
        lock.lock();
        try {
            listener = Optional.of(next);
            unheard.forEach(next);
            unheard.clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void send(ToShard message) {
        switch (message) {
            case ToShard.Prepare ignored -> say(new FromShard.Prepared());
            case ToShard.Start start -> {
                if (saving) {
                    Path work = Path.of(start.assignment().workDir());
                    Thread.ofVirtual().name("no-op").start(() -> run(work));
                } else {
                    say(new FromShard.Done(0));
                }
            }
            case ToShard.Save ignored -> {}
            case ToShard.Stop ignored -> {}
        }
    }

    private void run(Path work) {
        say(new FromShard.Step(new StepRecord(1, 1, 0.001, 1, 1, 1, 0, null, System.currentTimeMillis())));
        try {
            Path directory = Files.createDirectories(work.resolve("step-1"));
            Path state = Files.writeString(directory.resolve("state.txt"), "1\n");
            try (FileChannel channel = FileChannel.open(state, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            say(new FromShard.Saved(1, directory.toString(), 0, 0.1));
            say(new FromShard.Done(1));
        } catch (IOException e) {
            say(new FromShard.Failed("can't save: " + e, ""));
        }
    }

    private void say(FromShard message) {
        lock.lock();
        try {
            ProcessEvent event = new ProcessEvent.Said(message);
            listener.ifPresentOrElse(it -> it.accept(event), () -> unheard.add(event));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isReady() {
        return !killed;
    }

    @Override
    public boolean isAlive() {
        return !killed;
    }

    @Override
    public long pid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public Path log() {
        return log;
    }

    @Override
    public void kill() {
        killed = true;
    }
}
