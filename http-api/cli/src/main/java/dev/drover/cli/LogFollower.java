package dev.drover.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Shows a job's log while it grows, on stdout. When the stream breaks it is opened again, and what was shown is left out: up to
 * where the last lines come again.
 */
final class LogFollower implements Reopening.Reading {
    private static final Pattern HEADER = Pattern.compile("==> shard \\d+, generation \\d+ <==");
    /** The store keeps the newest MiB of a generation's log. */
    private static final int MOST_KEPT_BYTES = 1 << 20;

    private static final String NOTHING_NEW = "==> nothing new <==";

    private final DroverCli root;
    private final ApiClient api;
    private final String path;
    private final Map<String, Section> sections = new HashMap<>();
    private String header = "";
    private String shownHeader = "";
    private long linesShown;

    LogFollower(DroverCli root, ApiClient api, String path) {
        this.root = root;
        this.api = api;
        this.path = path;
    }

    @Override
    public boolean read() throws IOException {
        header = "";
        sections.values().forEach(Section::comesAgain);
        Streaming.lines(api.open(path, Map.of()), this::line);
        return true;
    }

    @Override
    public long progress() {
        return linesShown;
    }

    private void line(String line) {
        if (HEADER.matcher(line).matches()) {
            header = line;
        } else if (!line.equals(NOTHING_NEW)) {
            sections.computeIfAbsent(header, ignored -> new Section())
                    .unseen(line)
                    .forEach(this::show);
        }
    }

    private void show(String line) {
        if (!header.equals(shownHeader)) {
            shownHeader = header;
            root.out().println(header);
        }
        linesShown++;
        root.out().println(line);
        root.out().flush();
    }

    /** What was shown of one shard's generation. */
    private static final class Section {
        private static final int SAME = 8;

        private final List<String> last = new ArrayList<>();
        private final List<String> held = new ArrayList<>();
        private int heldBytes;
        private boolean again;

        void comesAgain() {
            again = !last.isEmpty();
            held.clear();
            heldBytes = 0;
        }

        /**
         * What of the log up to this line was not shown yet. Lines that come again are held until the last ones that were shown
         * have come; where the store keeps none of those any more, all that it has is new.
         */
        List<String> unseen(String line) {
            held.add(line);
            heldBytes += line.getBytes(StandardCharsets.UTF_8).length + 1;
            boolean caughtUp = again && endsWithLast();
            if (again && !caughtUp && heldBytes < MOST_KEPT_BYTES) {
                return List.of();
            }
            List<String> news = caughtUp ? List.of() : List.copyOf(held);
            again = false;
            held.clear();
            news.forEach(this::remember);
            return news;
        }

        private boolean endsWithLast() {
            int from = held.size() - last.size();
            return from >= 0 && held.subList(from, held.size()).equals(last);
        }

        private void remember(String line) {
            last.add(line);
            if (last.size() > SAME) {
                last.removeFirst();
            }
        }
    }
}
