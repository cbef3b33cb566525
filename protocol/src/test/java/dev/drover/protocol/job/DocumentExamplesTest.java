package dev.drover.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jobs that the documents show can be submitted as they stand. */
class DocumentExamplesTest {
    private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)\\n```", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/OPERATIONS.md", "docs/PROTOCOL.md"})
    void everyJobReads(String document) throws IOException {
        Path root = Path.of(System.getProperty("drover.root", ".."));
        List<JobSpec> jobs = YAML.matcher(Files.readString(root.resolve(document)))
                .results()
                .map((MatchResult example) -> JobSpecReader.read(example.group(1)))
                .toList();
        assertThat(jobs).isNotEmpty();
    }
}
