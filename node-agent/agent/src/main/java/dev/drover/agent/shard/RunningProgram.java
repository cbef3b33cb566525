package dev.drover.agent.shard;

import dev.drover.protocol.shard.ToShard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A program that speaks the shard protocol, as its shard knows it: in production a {@link ShardProcess}.
 *
 * <p>Events are kept until someone listens, so a program can be started before it has a shard. Nothing here waits for the program.
 * Safe to use from any thread.
 */
public interface RunningProgram {
    /** Hands over what happened so far and what will; the listener before, if any, hears nothing more. */
    void listen(Consumer<ProcessEvent> next);

    /** Sends a message once the program is connected; to one that is gone, nothing. */
    void send(ToShard message);

    /** Whether it said that it is ready and still lives. */
    boolean isReady();

    boolean isAlive();

    /** Of the process that it runs in. */
    long pid();

    /** What it prints. */
    Path log();

    /** Ends it and what it started, whatever it is doing. */
    void kill();

    /** How programs are started. */
    @FunctionalInterface
    interface Starter {
        /**
         * Starts {@code program}; what it prints is appended to {@code log}.
         *
         * @throws IOException when this node can't start it now; a {@link NoSuchProgramException} when none can
         */
        RunningProgram start(Program program, Path log) throws IOException;
    }
}
