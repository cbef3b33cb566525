package dev.drover.planning;

import static dev.drover.planning.Specs.cpus;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.offers;
import static dev.drover.planning.Specs.pool;
import static dev.drover.planning.Specs.scheduled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.ShardTargeted;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.pool.CapacityMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who goes first. */
class QueueTest {
    private static PoolScript pool(int nodes, int cpus) {
        PoolScript pool = new PoolScript();
        pool.ask(new PoolCommand.ConfigurePool(Specs.pool(CapacityMode.SPOT_ONLY, 0, nodes)));
        pool.when(new Input.OffersSeen(offers(cpus)));
        return pool;
    }

    /** As "a ann 5 3x2": job a of ann with priority 5, 3 shards of 2 cpus. */
    private static void submit(PoolScript pool, String text) {
        String[] words = text.trim().split("[ x]", -1);
        pool.ask(new PoolCommand.SubmitJob(
                new JobId(words[0]),
                job(
                        Integer.parseInt(words[3]),
                        cpus(Integer.parseInt(words[4])),
                        0,
                        scheduled(Integer.parseInt(words[2]), false)),
                words[1]));
    }

    private static String placed(PoolScript pool) {
        return pool.events(ShardTargeted.class).stream()
                .map(event -> event.shard().toString())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a ann 0 2x1, b ann 0 1x1                         | a/0 a/1 b/0
            a ann 0 1x1, b ann 5 1x1, c ann -5 1x1           | b/0 a/0 c/0
            a ann 0 3x1, b bob 0 2x1                         | a/0 b/0 a/1 b/1 a/2
            a ann 0 2x1, b ann 0 1x1, c bob 0 2x1            | a/0 c/0 a/1 c/1 b/0
            a ann 0 2x2, b bob 0 3x1                         | a/0 b/0 b/1 a/1 b/2
            a ann 0 2x1, b bob 1 2x1, c ann 1 1x1            | b/0 c/0 b/1 a/0 a/1
            a ann 0 2x1, b bob 1 2x1                         | b/0 b/1 a/0 a/1
            a ann 0 1x1, b bob 0 1x1, c eve 0 1x1, d ann 0 1x1 | a/0 b/0 c/0 d/0
            """)
    void byPriorityThenShareThenAge(String submitted, String order) {
        PoolScript pool = pool(20, 2);
        pool.ask(new PoolCommand.PausePool());
        for (String one : submitted.split(",", -1)) {
            submit(pool, one);
        }
        pool.ask(new PoolCommand.ResumePool());
        assertThat(placed(pool)).isEqualTo(order);
    }

    @Test
    void whatAnOwnerHasCountsAlsoWhereItCameFirst() {
        PoolScript pool = pool(2, 1);
        submit(pool, "a ann 0 4x1");
        submit(pool, "b bob 0 4x1");
        assertThat(placed(pool)).isEqualTo("a/0 a/1");
        pool.ask(new PoolCommand.ScalePool(0, 6));
        assertThat(placed(pool)).isEqualTo("a/0 a/1 b/0 b/1 a/2 b/2");
    }

    @Test
    void aSmallerShardIsNotHeldBackByOneThatFitsNowhere() {
        PoolScript pool = pool(1, 2);
        List.of("r ann 0 1x1", "a ann 5 1x2", "b bob 0 1x1").forEach(text -> submit(pool, text));
        assertThat(placed(pool)).isEqualTo("r/0 b/0");
    }

    /** a, with priority -5, runs on node 1 and b on node 2; both are being left, and no more is sold. */
    private static FakeWorld leaving() {
        FakeWorld world = FakeWorld.of(Specs.pool(CapacityMode.SPOT_ONLY, 0, 2), 1);
        world.steps(100_000);
        world.ask(new PoolCommand.SubmitJob(new JobId("a"), job(1, cpus(1), 0, scheduled(-5, false)), "ann"));
        world.ask(new PoolCommand.SubmitJob(new JobId("b"), job(1, cpus(1), 0, scheduled(0, false)), "ann"));
        world.seconds(30);
        world.capacity.replaceAll((market, left) -> 0);
        world.ask(new PoolCommand.DrainNode(node(1)));
        world.ask(new PoolCommand.DrainNode(node(2)));
        return world;
    }

    /** The first that the pool tries to move from here on, and all that it tries within the same decision. */
    private static String firstMoved(FakeWorld world) {
        Instant from = world.pool.now();
        world.seconds(30);
        List<ShardTargeted> tries = world.pool.events(ShardTargeted.class).stream()
                .filter(event -> event.at().isAfter(from))
                .toList();
        return tries.stream()
                .filter(event -> event.at().equals(tries.getFirst().at()))
                .map(event -> event.shard().toString())
                .collect(Collectors.joining(" "));
    }

    @Test
    void whatIsBeingLeftMovesInTheOrderOfWork() {
        assertThat(firstMoved(leaving())).isEqualTo("b/0");
    }

    @Test
    void whatHasANoticeMovesBeforeWhatHasTime() {
        FakeWorld world = leaving();
        world.notice(node(1), Duration.ofMinutes(3));
        assertThat(firstMoved(world)).isEqualTo("a/0");
    }

    @Test
    void whatGoesAlongOnANodeIsNotToldWhyTheNodeWasBought() {
        PoolScript pool = pool(1, 2);
        submit(pool, "a ann 0 1x1");
        submit(pool, "b ann 0 1x1");
        assertThat(why(pool, "a")).startsWith("Node p-n1 is starting in local:a:m1:SPOT: Spot in");
        assertThat(why(pool, "b"))
                .isEqualTo("Node p-n1 is starting in local:a:m1:SPOT for another shard, and has room for this one.");
    }

    private static String why(PoolScript pool, String job) {
        return ((PoolReply.Job) pool.ask(new PoolCommand.ShowJob(new JobId(job))))
                .job()
                .why()
                .orElseThrow()
                .text();
    }
}
