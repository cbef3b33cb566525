package dev.drover.simulation.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Simulated worlds, a seed each: whatever happens every promise holds, and once nothing goes wrong any more every job ends. */
class WorldTest {
    private static final long SEEDS = Long.getLong("drover.world.seeds", 200);
    private static final Map<String, Integer> HAPPENED = new TreeMap<>();
    private static final Map<String, Integer> EVENTS = new TreeMap<>();

    /** Two hundred in each build; {@code -Ddrover.world.seeds=5000} looks further. */
    static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyPromiseHolds(long seed) {
        WorldReport report = World.run(WorldOptions.wild(seed));
        report.happened().forEach((what, times) -> HAPPENED.merge(what, times, Integer::sum));
        report.events().forEach((what, times) -> EVENTS.merge(what, times, Integer::sum));
        assertThat(report.holds()).as(report.describe()).isTrue();
    }

    /** A world in which little happens proves little. */
    @AfterAll
    static void everythingHappened() {
        if (SEEDS < 200) {
            return;
        }
        assertThat(EVENTS.keySet())
                .containsAll(kinds(PoolEvent.class).map(Class::getSimpleName).toList());
        assertThat(HAPPENED.keySet())
                .contains(
                        "agent left after runUntil",
                        "agent never came up",
                        "agent refused",
                        "agent restarted",
                        "answered twice",
                        "blind node",
                        "budget set",
                        "checkpoint damaged",
                        "cloud away",
                        "cloud call with unknown outcome",
                        "controller crashed",
                        "cut off",
                        "cut off silently",
                        "deadline set",
                        "evicted with notice",
                        "evicted without notice",
                        "gang submitted",
                        "instance died",
                        "job after another",
                        "job cancelled",
                        "message late",
                        "message lost",
                        "message repeated",
                        "program failed",
                        "read model away",
                        "reaped",
                        "restore failed",
                        "save not published",
                        "stopped for want of money",
                        "store away",
                        "store cut off");
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        return permitted == null ? Stream.of(type) : Arrays.stream(permitted).flatMap(WorldTest::kinds);
    }

    @Test
    void aSeedMeansOneWorld() {
        assertThat(World.run(WorldOptions.wild(7))).isEqualTo(World.run(WorldOptions.wild(7)));
        assertThat(World.run(WorldOptions.wild(7)).happened())
                .isNotEqualTo(World.run(WorldOptions.wild(8)).happened());
    }
}
