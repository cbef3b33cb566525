package dev.drover.bench.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a campaign has left on the machine. */
final class Leftovers {
    private Leftovers() {}

    /** The processes that have something to do with the directory, in words; not this one, nor those that started it. */
    static List<String> processes(Path directory) {
        Set<Long> ours = new HashSet<>();
        Optional<ProcessHandle> own = Optional.of(ProcessHandle.current());
        while (own.isPresent()) {
            ours.add(own.get().pid());
            own = own.get().parent();
        }
        List<String> left = new ArrayList<>();
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            Path proc = Path.of("/proc", "" + process.pid());
            String command = read(proc.resolve("cmdline"));
            boolean about = command.contains(directory + "/")
                    || read(proc.resolve("environ")).contains(directory + "/");
            if (about && !ours.contains(process.pid())) {
                left.add("process %d: %.200s".formatted(process.pid(), command.replace('\0', ' ')));
            }
        }
        return left;
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It has ended meanwhile.
            return "";
        }
    }
}
