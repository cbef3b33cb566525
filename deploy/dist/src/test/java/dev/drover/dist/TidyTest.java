package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A file can be read in one sitting, a method seen at one glance, and names say what a thing is. */
final class TidyTest {
    private static final int FILE_LINES = 400;
    private static final int METHOD_LINES = 50;

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
    void methodsFitOneGlance() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> tooLong = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(Sources.java()));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new MethodLengths(unit, positions, tooLong).scan(unit, null);
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

    /** Notes every method that is too long, its header included. */
    private static final class MethodLengths extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> tooLong;

        MethodLengths(CompilationUnitTree unit, SourcePositions positions, List<String> tooLong) {
            this.unit = unit;
            this.positions = positions;
            this.tooLong = tooLong;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
            long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
            if (last - first + 1 > METHOD_LINES) {
                tooLong.add("%s:%d: %s has %d lines"
                        .formatted(unit.getSourceFile().getName(), first, method.getName(), last - first + 1));
            }
            return super.visitMethod(method, null);
        }
    }
}
