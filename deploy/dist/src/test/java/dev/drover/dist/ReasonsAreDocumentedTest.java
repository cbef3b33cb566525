package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.api.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whoever meets a reason finds it in {@code docs/OPERATIONS.md}: each code has one entry, and no entry is of a code that is gone. */
final class ReasonsAreDocumentedTest {
    private static final Pattern ENTRY = Pattern.compile("(?m)^#### ([A-Z_]+)\\n(?=[^#\\s])");

    @Test
    void everyCodeHasAnEntryThatSaysSomething() {
        String document = Sources.read(Sources.root().resolve("docs/OPERATIONS.md"));
        List<String> entries = ENTRY.matcher(document)
                .results()
                .map((MatchResult entry) -> entry.group(1))
                .toList();
        assertThat(entries)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Reason.Code.values())
                        .map(Reason.Code::name)
                        .toList());
    }
}
