package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A file can be read in one sitting, a method seen at one glance, and names say what a thing is. */
final class TidyTest {
    private static final int FILE_LINES = 400;
    private static final int METHOD_LINES = 50;

    /** A formatted method starts with four or eight spaces, a name and a parenthesis, and ends at the same indent. */
    private static final Pattern METHOD_START =
            Pattern.compile("^( {4}| {8})(?=\\S)(?!return|new|throw|else|case).*\\) *(throws .*)?\\{$");

    private static final Pattern BANNED_NAME = Pattern.compile(".*(Manager|Helper|Helpers|Util|Utils|Impl|Dto)\\.java");

    @Test
    void filesFitOneSitting() {
        List<String> tooLong = new ArrayList<>();
        for (Path file : Sources.java()) {
            long lines = Sources.read(file).lines().count();
            if (lines > FILE_LINES) {
                tooLong.add(file + ": " + lines + " lines");
            }
        }
        assertThat(tooLong).as("files of more than %d lines", FILE_LINES).isEmpty();
    }

    @Test
    void methodsFitOneGlance() {
        List<String> tooLong = new ArrayList<>();
        for (Path file : Sources.java()) {
            List<String> lines = Sources.read(file).lines().toList();
            for (int start = 0; start < lines.size(); start++) {
                Matcher method = METHOD_START.matcher(lines.get(start));
                if (method.matches()
                        && !lines.get(start)
                                .matches(" *(class|record|interface|enum|final"
                                        + " class|static).*(class|record|interface|enum) .*")) {
                    int end = endOf(lines, start, method.group(1));
                    if (end - start > METHOD_LINES) {
                        tooLong.add("%s:%d: %d lines".formatted(file, start + 1, end - start));
                    }
                }
            }
        }
        assertThat(tooLong).as("methods of more than %d lines", METHOD_LINES).isEmpty();
    }

    @Test
    void namesSayWhatAThingIs() {
        assertThat(Sources.java().stream().map(file -> String.valueOf(file.getFileName())))
                .noneMatch(name -> BANNED_NAME.matcher(name).matches());
    }

    @Test
    void nothingIsLeftUnfinished() {
        Pattern unfinished = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX|@Dis" + "abled)\\b");
        List<Path> found = Sources.java().stream()
                .filter(file -> unfinished.matcher(Sources.read(file)).find())
                .toList();
        assertThat(found).isEmpty();
    }

    private static int endOf(List<String> lines, int start, String indent) {
        for (int line = start + 1; line < lines.size(); line++) {
            if (lines.get(line).equals(indent + "}")) {
                return line;
            }
        }
        return start;
    }
}
