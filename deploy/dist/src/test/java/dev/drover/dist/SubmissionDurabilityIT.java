package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dist.trial.SubmissionDurability;
import dev.drover.dist.trial.Trial;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** One short round of {@code bench/durability}. */
final class SubmissionDurabilityIT {
    private static final int JOBS = 100;

    @Test
    void whatWasAnsweredOutlivesTheController(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        try (Trial trial = Trial.in(directory)) {
            SubmissionDurability.Round round = SubmissionDurability.play(trial, JOBS, new SplittableRandom(7));

            assertThat(round.violations()).isEmpty();
            assertThat(round.acknowledged())
                    .as("acknowledged before the kill, so that the kill came in the middle")
                    .isBetween(1, JOBS - 1);
            assertThat(round.found()).isEqualTo(round.acknowledged());
            assertThat(round.distinct()).isEqualTo(JOBS);
            assertThat(trial.end()).isEmpty();
        }
    }
}
