package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.pool.CapacityMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What happens to one shard while spot comes and goes, line by line: what was decided, why capacity was chosen or left, and what
 * people are told meanwhile.
 */
class GoldenTimelineTest {
    private final List<String> lines = new ArrayList<>();
    private int told;

    /** Spot lost in zone a, on in b; none anywhere, on demand; spot is back, and after its time on demand it goes back. */
    @Test
    void spotIsLostOnDemandStandsInAndSpotIsBack() {
        FakeWorld world = startedInA(CapacityMode.SPOT_WITH_FALLBACK);
        lostInAThenInB(world);
        say(world, "spot is back in a");
        world.capacity.put(SPOT_A, 1);
        world.until(600, () -> world.state().ledger().total().switchBacks() == 1);
        world.seconds(3);
        say(world, "done");
        assertThat(lines).containsExactlyElementsOf(golden("fallback"));
    }

    /** The same where only spot may be bought: it pauses, and resumes from its last checkpoint. */
    @Test
    void aSpotPoolPausesAndResumes() {
        FakeWorld world = startedInA(CapacityMode.SPOT_ONLY);
        lostInAThenInB(world);
        say(world, "spot is back in a");
        world.capacity.put(SPOT_A, 1);
        world.until(600, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        world.seconds(3);
        say(world, "done");
        assertThat(lines).containsExactlyElementsOf(golden("pause"));
    }

    private FakeWorld startedInA(CapacityMode mode) {
        FakeWorld world = FakeWorld.of(pool(mode, 0, 1), 1);
        world.steps(100_000);
        world.submit(JOB, job(1, 0));
        world.seconds(60);
        return world;
    }

    private void lostInAThenInB(FakeWorld world) {
        say(world, "the node in a gets a notice of 30 s, and a has no more");
        world.capacity.put(SPOT_A, 0);
        world.notice(node(1), Duration.ofSeconds(30));
        world.seconds(60);
        say(world, "the node in b is gone without notice, and b has no more");
        world.capacity.put(SPOT_B, 0);
        world.kill(node(2));
        world.seconds(120);
    }

    /** Takes down what was decided so far, what people are told now, and what comes next. */
    private void say(FakeWorld world, String next) {
        List<PoolEvent> events = world.pool.events(PoolEvent.class);
        for (PoolEvent event : events.subList(told, events.size())) {
            if (!(event instanceof NodeBilled)) {
                lines.add("%4d s  %s".formatted(seconds(event), EventText.of(event)));
                why(event).ifPresent(reason -> lines.add("        " + reason.text()));
            }
        }
        told = events.size();
        Reason shown = world.show(JOB).shards().getFirst().why().orElseThrow();
        lines.add("told: %s %s".formatted(shown.code(), shown.text()));
        lines.add("then: " + next);
    }

    private static long seconds(PoolEvent event) {
        return Duration.between(PoolScript.START, event.at()).toSeconds();
    }

    private static Optional<Reason> why(PoolEvent event) {
        return event instanceof NodeRequested requested
                ? Optional.of(requested.reason())
                : Optional.of(event)
                        .filter(ShardDetached.class::isInstance)
                        .map(detached -> ((ShardDetached) detached).reason());
    }

    private static List<String> golden(String name) {
        try (InputStream file = GoldenTimelineTest.class.getResourceAsStream("/timelines/" + name + ".txt")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
