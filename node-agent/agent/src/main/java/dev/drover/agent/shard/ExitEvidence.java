package dev.drover.agent.shard;

/** How a process ended, in words for people. */
final class ExitEvidence {
    /** A process killed by signal n is reported as 128 + n. */
    private static final int SIGNAL_BASE = 128;

    private static final int LAST_SIGNAL = 64;

    private ExitEvidence() {}

    static String of(int exitCode) {
        int signal = exitCode - SIGNAL_BASE;
        if (signal < 1 || signal > LAST_SIGNAL) {
            return "exited with code " + exitCode;
        }
        String guess = switch (signal) {
            case 6 -> " (abort in native code)";
            case 9 -> " (out of memory?)";
            case 11 -> " (crash in native code)";
            case 15 -> " (asked to end)";
            default -> "";
        };
        return "killed by signal " + signal + guess;
    }
}
