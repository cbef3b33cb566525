package dev.drover.bench.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process and what it started, as {@code /proc} counts them. */
record ProcessFamily(ProcessHandle head) {
    /** Linux counts in hundredths of a second, whatever the kernel's own clock. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME = 11;
    private static final int CSTIME = 14;
    private static final double KIB_PER_MIB = 1024;

    static ProcessFamily of(long pid) throws IOException {
        return new ProcessFamily(
                ProcessHandle.of(pid).orElseThrow(() -> new IOException("process " + pid + " is not there")));
    }

    /** Processor seconds of all of them so far, and of those that have ended and were waited for. */
    double cpuSeconds() throws IOException {
        return cpuSeconds(members());
    }

    /** The same of the head alone. */
    double ownCpuSeconds() throws IOException {
        return cpuSeconds(List.of(head));
    }

    private static double cpuSeconds(List<ProcessHandle> processes) throws IOException {
        double ticks = 0;
        for (ProcessHandle process : processes) {
            String stat = read(process, "stat");
            // The fields after the command name, which is in parentheses and may hold any byte.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
            for (int field = UTIME; field <= CSTIME && field < fields.length; field++) {
                ticks += Long.parseLong(fields[field]);
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** What the head alone has in memory. */
    double residentMiB() throws IOException {
        return read(head, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIB_PER_MIB)
                .sum();
    }

    private List<ProcessHandle> members() {
        try (Stream<ProcessHandle> started = head.descendants()) {
            return Stream.concat(Stream.of(head), started).toList();
        }
    }

    /** Nothing of a process that has ended meanwhile. */
    private static String read(ProcessHandle process, String what) throws IOException {
        try {
            return new String(
                    Files.readAllBytes(Path.of("/proc", "" + process.pid(), what)), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            if (!process.isAlive()) {
                return "";
            }
            throw e;
        }
    }
}
