package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.trial.TrialPostgres;
import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingQuery;
import org.apache.pekko.cluster.sharding.typed.GetShardRegionState;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler of this version and one of a next one, on one PostgreSQL: in the middle of an upgrade. */
@Timeout(180)
class MixedVersionsTest {
    private static final Config NEXT = ConfigFactory.parseString("""
        pekko.cluster.app-version = "0.2.0"
        pekko.cluster.sharding.rebalance-interval = 2s
        pekko.actor.serializers.drover-cluster = "dev.drover.control.NextClusterSerializer"
        pekko.actor.serializers.drover-event = "dev.drover.control.NextEventSerializer"
        """);

    private static final Config NOW = ConfigFactory.parseString("pekko.cluster.sharding.rebalance-interval = 2s");

    private final FakeCloudProvider cloud = new FakeCloudProvider();
    private final List<World> open = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private List<Integer> ports;

    @BeforeEach
    void choose() throws IOException {
        database = TrialPostgres.create();
        ports = ClusterTest.freePorts(2);
    }

    @AfterEach
    void close() {
        open.reversed().forEach(World::close);
    }

    @Test
    void bothAnswerForThePoolWhicheverHasIt() throws Exception {
        World old = start(0, NOW);
        old.configure(PoolSpec.defaults(World.POOL));
        assertThat(old.ask(World.submission("job-1"))).isInstanceOf(PoolReply.Job.class);
        UserData told = World.userData(
                Eventually.get("a launch", () -> cloud.launches.stream().findFirst()));
        welcomed(old, told, "first");

        World next = start(1, NEXT);
        ClusterSharding.get(next.system)
                .entityRefFor(PoolFrontActor.KEY, World.POOL.value())
                .tell(new PoolFrontActor.Tell(new Input.Tick()));
        assertThat(next.ask(World.submission("job-2"))).isInstanceOf(PoolReply.Job.class);
        assertThat(jobs(next)).containsExactly("job-1", "job-2");
        welcomed(next, told, "second");

        Eventually.isTrue("the pool goes to the newest", () -> has(next) && !has(old));
        assertThat(jobs(old)).containsExactly("job-1", "job-2");
        assertThat(old.ask(World.submission("job-3"))).isInstanceOf(PoolReply.Job.class);
        assertThat(old.ask(new PoolCommand.ShowPool())).isInstanceOf(PoolReply.Pool.class);
        welcomed(old, told, "third");
        assertThatThrownBy(() -> old.scheduler
                        .gateway()
                        .ask(World.POOL, new PoolCommand.ListMarkets())
                        .toCompletableFuture()
                        .get(4, TimeUnit.SECONDS))
                .as("an answer that this version does not know fails that one question")
                .isInstanceOf(TimeoutException.class);
        assertThat(jobs(old)).containsExactly("job-1", "job-2", "job-3");

        stop(next);
        Eventually.isTrue("it comes back when no newer one is left", () -> has(old));
        assertThat(jobs(old)).containsExactly("job-1", "job-2", "job-3");
        welcomed(old, told, "fourth");
    }

    @Test
    void aPoolThatANewerVersionWroteWaitsForOneAndLosesNothing() throws Exception {
        World old = start(0, NOW);
        old.configure(PoolSpec.defaults(World.POOL));
        assertThat(old.ask(World.submission("job-1"))).isInstanceOf(PoolReply.Job.class);
        World next = start(1, NEXT);
        Eventually.isTrue("the pool goes to the newest", () -> has(next));
        assertThat(next.ask(new PoolCommand.PausePool())).isInstanceOf(PoolReply.Done.class);
        int instances = cloud.instances.size();

        try (LogLines lines = new LogLines(PoolActor.class)) {
            stop(next);
            Eventually.isTrue(
                    "the older one says why it does not have it",
                    () -> lines.all().stream().anyMatch(line -> line.contains(NextEventSerializer.NEW)));
        }
        assertThat(cloud.terminations).isEmpty();

        World again = start(1, NEXT);
        Eventually.isTrue("it is had again", () -> has(again) && !has(old));
        assertThat(old.ask(new PoolCommand.ShowPool()))
                .isInstanceOfSatisfying(
                        PoolReply.Pool.class,
                        pool -> assertThat(pool.pool().paused()).isTrue());
        assertThat(jobs(old)).containsExactly("job-1");
        assertThat(cloud.terminations).isEmpty();
        assertThat(cloud.instances).hasSize(instances);
    }

    private World start(int at, Config config) throws IOException {
        World world = new World(
                directory,
                cloud,
                node -> {},
                database,
                ClusterTest.member(ports.get(at), Downing.MAJORITY),
                World.OWNER,
                config);
        open.add(world);
        int count = open.size();
        open.forEach(one -> Eventually.isTrue("all are up", () -> ClusterTest.membersUp(one) == count));
        return world;
    }

    private void stop(World world) {
        open.remove(world);
        world.close();
    }

    private static void welcomed(World scheduler, UserData told, String incarnation) {
        try (FakeAgent agent = FakeAgent.hello(scheduler.url, told.node(), told.pool(), incarnation, told.token())) {
            agent.status(told.node(), incarnation);
            agent.await(AgentCommand.Welcome.class, welcome -> true);
        }
    }

    private static List<String> jobs(World scheduler) {
        PoolReply reply = scheduler.ask(new PoolCommand.ListJobs());
        assertThat(reply).isInstanceOf(PoolReply.Jobs.class);
        return ((PoolReply.Jobs) reply)
                .jobs().stream().map(JobView::id).map(Object::toString).sorted().toList();
    }

    /** Whether the pool runs there. */
    private static boolean has(World world) {
        ShardRegion.CurrentShardRegionState state =
                AskPattern.<ClusterShardingQuery, ShardRegion.CurrentShardRegionState>ask(
                                ClusterSharding.get(world.system).shardState(),
                                replyTo -> new GetShardRegionState(PoolFrontActor.KEY, replyTo),
                                Duration.ofSeconds(5),
                                world.system.scheduler())
                        .toCompletableFuture()
                        .join();
        return state.getShards().stream().anyMatch(shard -> shard.getEntityIds().contains(World.POOL.value()));
    }
}
