package dev.drover.cli;

/** What a command's exit code says. */
public final class ExitCodes {
    public static final int OK = 0;
    /** The job that was followed failed or was cancelled. */
    public static final int JOB_FAILED = 1;
    /** A simulated world broke a promise. */
    public static final int PROMISE_BROKEN = 1;
    /** The command or its input is wrong: change it before trying again. */
    public static final int BAD_INPUT = 2;
    /** The server can't be reached, or refuses the caller. */
    public static final int UNREACHABLE = 3;

    private ExitCodes() {}
}
