package dev.drover.bench.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.bench.chaos.history.Fault.OfControl;
import dev.drover.bench.chaos.history.FaultPlan.Planned;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    @Test
    void planIsAFunctionOfItsSeed() {
        assertThat(FaultPlan.of(7, 50, Set.of())).isEqualTo(FaultPlan.of(7, 50, Set.of()));
        assertThat(FaultPlan.of(7, 50, Set.of())).isNotEqualTo(FaultPlan.of(8, 50, Set.of()));
        assertThat(FaultPlan.of(7, 200, Set.of()).subList(0, 50)).isEqualTo(FaultPlan.of(7, 50, Set.of()));
    }

    @Test
    void faultsAreFiveSecondsApartOnAverageAndOfEveryKind() {
        List<Planned> plan = FaultPlan.of(1, 400, Set.of());
        assertThat(plan.getLast().at()).isBetween(Duration.ofSeconds(1_700), Duration.ofSeconds(2_300));
        assertThat(plan.stream().map(planned -> planned.fault().getClass()).distinct())
                .hasSize(21);
        assertThat(plan.stream().map(Planned::number))
                .containsExactlyElementsOf(
                        java.util.stream.IntStream.rangeClosed(1, 400).boxed().toList());
    }

    @Test
    void schedulersAndDatabaseGetTimeToGetOverWhatHappensToThem() {
        for (long seed = 1; seed <= 50; seed++) {
            Duration free = Duration.ZERO;
            for (Planned planned : FaultPlan.of(seed, 100, Set.of())) {
                if (planned.fault() instanceof OfControl) {
                    assertThat(planned.at())
                            .as("seed %d, #%d", seed, planned.number())
                            .isGreaterThanOrEqualTo(free);
                    free = planned.at().plus(planned.fault().lasts()).plus(FaultPlan.RECOVERY);
                }
            }
        }
    }

    @Test
    void whatCanNotBeDoneIsNotPlanned() {
        assertThat(FaultPlan.of(1, 200, Set.of(Fault.NodeCut.class, Fault.SchedulerSlow.class)))
                .noneMatch(planned ->
                        planned.fault() instanceof Fault.NodeCut || planned.fault() instanceof Fault.SchedulerSlow);
    }
}
