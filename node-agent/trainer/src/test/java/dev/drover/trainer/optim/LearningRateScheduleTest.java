package dev.drover.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateScheduleTest {
    private static final LearningRateSchedule SCHEDULE = new LearningRateSchedule(0.01, 0.001, 10, 110);

    @ParameterizedTest
    @CsvSource({"1, 0.001", "5, 0.005", "10, 0.01", "60, 0.0055", "110, 0.001"})
    void risesLinearlyThenFallsAsACosine(int step, double rate) {
        assertThat(SCHEDULE.at(step)).isCloseTo(rate, within(1e-12));
    }

    @Test
    void isFlatWhenAllStepsWarmUp() {
        assertThat(new LearningRateSchedule(0.01, 0, 4, 4).at(4)).isEqualTo(0.01);
    }

    @Test
    void startsAtThePeakWithoutWarmUp() {
        assertThat(new LearningRateSchedule(0.01, 0, 0, 1000).at(1)).isCloseTo(0.01, within(1e-6));
    }
}
