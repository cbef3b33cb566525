package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.drover.cloud.LaunchRequest;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.trial.TrialPostgres;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three schedulers on one PostgreSQL, with a fake cloud and agents on the real wire. */
@Timeout(120)
class ClusterTest {
    private static final JobId JOB = new JobId("job-1");
    private static final Lease FIRST = new Lease(new ShardId(JOB, 0), 1);

    private static final List<PoolCommand> QUESTIONS = List.of(
            new PoolCommand.ShowPool(),
            new PoolCommand.ShowJob(JOB),
            new PoolCommand.ListJobs(),
            new PoolCommand.ListMarkets(),
            new PoolCommand.ShowCost(),
            new PoolCommand.PlanJob(
                    new JobId("job-2"), World.submission("job-2").spec(), "ada"),
            new PoolCommand.ScalePool(0, 3),
            new PoolCommand.SetBudget(JOB, Optional.of(Money.usd("40"))));

    private final FakeCloudProvider cloud = new FakeCloudProvider();
    private final List<World> schedulers = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @AfterEach
    void stop() {
        schedulers.forEach(World::close);
    }

    @Test
    void whereverThePoolRunsEverySchedulerAnswersForItAndReachesItsAgents() throws IOException {
        start(3);
        schedulers.getFirst().configure(PoolSpec.defaults(World.POOL));
        assertThat(schedulers.get(1).ask(World.submission(JOB.value()))).isInstanceOf(PoolReply.Job.class);
        UserData told = World.userData(
                Eventually.get("a launch", () -> cloud.launches.stream().findFirst()));
        for (int at = 0; at < schedulers.size(); at++) {
            String incarnation = "inc-" + at;
            String url = schedulers.get(at).url;
            try (FakeAgent agent = FakeAgent.hello(url, told.node(), told.pool(), incarnation, told.token())) {
                agent.status(told.node(), incarnation);
                agent.await(AgentCommand.Welcome.class, welcome -> true);
            }
        }
        for (World scheduler : schedulers) {
            assertThat(QUESTIONS)
                    .allSatisfy(question -> assertThat(scheduler.ask(question))
                            .isInstanceOf(schedulers.getFirst().ask(question).getClass())
                            .isNotInstanceOfAny(PoolReply.NotFound.class, PoolReply.Rejected.class));
            assertThat(scheduler.ask(new PoolCommand.ListNodes()))
                    .isInstanceOfSatisfying(
                            PoolReply.Nodes.class,
                            nodes -> assertThat(nodes.nodes())
                                    .extracting(NodeView::id)
                                    .containsExactly(told.node()));
        }
    }

    @Test
    void theLongestSubmissionReachesItsPoolFromEveryScheduler() throws IOException {
        start(2);
        schedulers.getFirst().configure(PoolSpec.defaults(World.POOL));
        int number = 0;
        for (World scheduler : schedulers) {
            PoolCommand.SubmitJob small = World.submission("job-" + number);
            JobSpec like = small.spec();
            byte[] noise = new byte[600_000];
            new SplittableRandom(number++).nextBytes(noise);
            JsonNode spec = JsonNodeFactory.instance.objectNode().put("noise", noise);
            JobSpec job = new JobSpec(
                    like.name(),
                    like.pool(),
                    1,
                    like.resources(),
                    new ProgramSpec.Command(List.of("/bin/program"), spec),
                    like.checkpoint(),
                    0,
                    like.scheduling());
            assertThat(scheduler.ask(new PoolCommand.SubmitJob(small.job(), job, small.owner())))
                    .isInstanceOf(PoolReply.Job.class);
        }
        for (World scheduler : schedulers) {
            assertThat(scheduler.ask(new PoolCommand.ListJobs()))
                    .isInstanceOfSatisfying(
                            PoolReply.Jobs.class, all -> assertThat(all.jobs()).hasSize(2));
        }
    }

    @Test
    void whatRunsGoesOnWhereSchedulersAreReplacedOneByOne() throws IOException {
        start(3);
        World door = schedulers.getLast();
        door.configure(PoolSpec.defaults(World.POOL));
        assertThat(door.ask(World.submission(JOB.value()))).isInstanceOf(PoolReply.Job.class);
        UserData told = World.userData(
                Eventually.get("a launch", () -> cloud.launches.stream().findFirst()));
        try (FakeAgent agent = FakeAgent.hello(door.url, told.node(), told.pool(), "inc", told.token())) {
            agent.status(told.node(), "inc");
            agent.await(AgentCommand.Run.class, run -> run.lease().equals(FIRST));
            agent.status(told.node(), "inc", status(ShardStatus.Phase.RUNNING, 1));
            for (World leaving : List.copyOf(schedulers.subList(0, 2))) {
                schedulers.remove(leaving);
                leaving.close();
                Eventually.isTrue("the pool answers again", () -> isRunning(door, agent, told));
            }
            agent.status(told.node(), "inc", status(ShardStatus.Phase.DONE, 4));
            assertThat(Eventually.get("the job is archived", () -> door.readModel.finished(JOB))
                            .state())
                    .isEqualTo(JobState.SUCCEEDED);
        }
        assertThat(cloud.launches).extracting(LaunchRequest::node).containsOnly(told.node());
    }

    private static boolean isRunning(World scheduler, FakeAgent agent, UserData told) {
        agent.status(told.node(), "inc", status(ShardStatus.Phase.RUNNING, 2));
        try {
            return scheduler.ask(new PoolCommand.ListNodes()) instanceof PoolReply.Nodes(List<NodeView> nodes)
                    && nodes.stream().anyMatch(node -> node.leases().contains(FIRST));
        } catch (CompletionException e) {
            return false;
        }
    }

    private static ShardStatus status(ShardStatus.Phase phase, int step) {
        CheckpointRef checkpoint =
                phase == ShardStatus.Phase.DONE ? new CheckpointRef(FIRST, step, "ab".repeat(32)) : null;
        return new ShardStatus(FIRST, phase, step, checkpoint, null, null, null, 10, 10);
    }

    private void start(int count) throws IOException {
        Database database = TrialPostgres.create();
        List<Integer> ports = freePorts(count);
        List<String> seeds = ports.stream().map(port -> "127.0.0.1:" + port).toList();
        for (int port : ports) {
            schedulers.add(new World(
                    directory, cloud, database, new ClusterConfig("127.0.0.1", port, seeds, Optional.empty())));
        }
        for (World scheduler : schedulers) {
            Eventually.isTrue("all are up", () -> membersUp(scheduler) == count);
        }
    }

    static long membersUp(World scheduler) {
        long up = 0;
        for (var member : Cluster.get(scheduler.system).state().getMembers()) {
            up += member.status() == MemberStatus.up() ? 1 : 0;
        }
        return up;
    }

    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }
}
