package dev.drover.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Shows a job's log while it grows, on stdout. When the stream breaks it is opened again, and what was shown is left out:
 * as many lines as there were, or up to where the last ones come again, since the store keeps only the newest part of a log.
 */
final class LogFollower implements Reopening.Reading {
    private static final Pattern HEADER = Pattern.compile("==> shard \\d+, generation \\d+ <==");
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
    public boolean read() {
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
        } else if (!line.equals(NOTHING_NEW)
                && sections.computeIfAbsent(header, ignored -> new Section()).isNew(line)) {
            if (!header.equals(shownHeader)) {
                shownHeader = header;
                root.out().println(header);
            }
            linesShown++;
            root.out().println(line);
            root.out().flush();
        }
    }

    /** What was shown of one shard's generation. */
    private static final class Section {
        private static final int SAME = 8;

        private final List<String> last = new ArrayList<>();
        private final List<String> again = new ArrayList<>();
        private int shown;
        private int left;

        void comesAgain() {
            left = shown;
            again.clear();
        }

        boolean isNew(String line) {
            if (left == 0) {
                shown++;
                add(last, line);
                return true;
            }
            add(again, line);
            left = again.equals(last) ? 0 : left - 1;
            return false;
        }

        private static void add(List<String> lines, String line) {
            lines.add(line);
            if (lines.size() > SAME) {
                lines.removeFirst();
            }
        }
    }
}
