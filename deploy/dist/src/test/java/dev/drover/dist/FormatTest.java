package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every Java file is formatted. It runs here, in a test, since the formatter needs the toolchain's JDK and not Maven's own.
 *
 * <p>{@code mvn -pl deploy/dist -am test -Dtest=FormatTest -Dsurefire.failIfNoSpecifiedTests=false -Ddrover.format=apply}
 * formats them.
 */
final class FormatTest {
    private static final Formatter FORMATTER = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(Style.PALANTIR).build());

    @Test
    void everyFileIsFormatted() throws IOException {
        boolean apply = "apply".equals(System.getProperty("drover.format"));
        List<Path> files = Sources.java();
        assertThat(files).hasSizeGreaterThan(50);
        List<Path> unformatted = files.stream()
                .filter(file -> !formatted(file).equals(Sources.read(file)))
                .toList();
        if (apply) {
            for (Path file : unformatted) {
                Files.writeString(file, formatted(file));
            }
            return;
        }
        assertThat(unformatted)
                .as("files that are not formatted; this test's Javadoc has the command that formats them")
                .isEmpty();
    }

    private static String formatted(Path file) {
        try {
            String source = Sources.read(file);
            String ordered = ImportOrderer.reorderImports(source, Style.PALANTIR);
            return FORMATTER.formatSource(RemoveUnusedImports.removeUnusedImports(ordered));
        } catch (FormatterException e) {
            throw new AssertionError("the formatter can't read " + file + ": " + e.getMessage(), e);
        }
    }
}
