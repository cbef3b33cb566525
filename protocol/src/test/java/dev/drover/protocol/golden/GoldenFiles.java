package dev.drover.protocol.golden;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What releases wrote across one border, a file per sample: {@code src/test/resources/golden/RELEASE/BORDER/NAME}. A file that is
 * committed never changes; every later version reads it.
 *
 * <p>{@code -Ddrover.golden.write=true} writes, for the release that is being made, what is missing there: a new message, or one that
 * is written otherwise than by the release before.
 */
public final class GoldenFiles {
    /** The release that is being made. */
    public static final String RELEASE = "0.1";

    private static final Path ROOT = Path.of("src/test/resources/golden");

    private final String border;

    public GoldenFiles(String border) {
        this.border = border;
    }

    /**
     * Holds today's text of a sample against the newest file of that name.
     *
     * @return that file's text
     */
    public String newest(String name, String today) throws IOException {
        List<Path> files = all(name);
        boolean same = !files.isEmpty() && Files.readString(files.getLast()).equals(today);
        Path fresh = ROOT.resolve(RELEASE).resolve(border).resolve(name);
        if (Boolean.getBoolean("drover.golden.write") && !same && !Files.exists(fresh)) {
            Files.createDirectories(fresh.resolveSibling(""));
            Files.writeString(fresh, today, UTF_8);
            files = all(name);
        }
        assertThat(files)
                .as("golden files of %s/%s; it looks like this today: %s", border, name, today)
                .isNotEmpty();
        String newest = Files.readString(files.getLast());
        assertThat(today).as("what %s holds", files.getLast()).isEqualTo(newest);
        return newest;
    }

    /** Every file of this name, the oldest release's first. */
    public List<Path> all(String name) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path release : releases()) {
            Optional.of(release.resolve(border).resolve(name))
                    .filter(Files::exists)
                    .ifPresent(files::add);
        }
        return files;
    }

    /** The names that any release has files of. */
    public Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path release : releases()) {
            Path directory = release.resolve(border);
            if (Files.isDirectory(directory)) {
                try (Stream<Path> files = Files.list(directory)) {
                    files.forEach(file -> names.add(file.getFileName().toString()));
                }
            }
        }
        return names;
    }

    private static List<Path> releases() throws IOException {
        if (!Files.isDirectory(ROOT)) {
            return List.of();
        }
        try (Stream<Path> releases = Files.list(ROOT)) {
            return releases.filter(Files::isDirectory)
                    .sorted(Comparator.comparing(GoldenFiles::number))
                    .toList();
        }
    }

    /** So that 0.10 comes after 0.9. */
    private static String number(Path release) {
        StringBuilder key = new StringBuilder();
        for (String part : release.getFileName().toString().split("\\.", -1)) {
            key.append("%05d".formatted(Integer.parseInt(part)));
        }
        return key.toString();
    }
}
