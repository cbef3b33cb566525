package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cloud.LaunchRequest;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.StepRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole scheduler, with a fake cloud and agents on the real wire. */
@Timeout(60)
class SchedulerTest {
    private static final JobId JOB = new JobId("job-1");
    private static final Lease FIRST = new Lease(new ShardId(JOB, 0), 1);

    private final FakeCloudProvider cloud = new FakeCloudProvider();

    @Test
    void aJobGoesFromItsSubmissionToTheReadModelWithItsWholeHistory(@TempDir Path directory) throws IOException {
        try (World world = new World(directory, cloud)) {
            world.configure(PoolSpec.defaults(World.POOL));
            assertThat(world.ask(World.submission(JOB.value()))).isInstanceOf(PoolReply.Job.class);
            UserData told = World.userData(firstLaunch());
            try (FakeAgent agent = FakeAgent.hello(world.url, told.node(), told.pool(), "inc", told.token())) {
                agent.status(told.node(), "inc");
                assertThat(agent.await(AgentCommand.Welcome.class, welcome -> true)
                                .preferWarm())
                        .isTrue();
                agent.await(AgentCommand.Run.class, run -> run.lease().equals(FIRST));
                agent.send(new AgentReport.Telemetry(FIRST, List.of(step(1), step(3))));
                agent.status(told.node(), "inc", status(Phase.RUNNING, 3, null));
                putSteps(world, 2, 1, 2);
                putSteps(world, 4, 3, 4);
                agent.status(told.node(), "inc", status(Phase.DONE, 4, new CheckpointRef(FIRST, 4, "ab".repeat(32))));
                JobView finished = Eventually.get("the job is archived", () -> world.readModel.finished(JOB));
                assertThat(finished.state()).isEqualTo(JobState.SUCCEEDED);
                agent.await(
                        AgentCommand.Release.class, release -> release.lease().equals(FIRST));
            }
            assertThat(world.readModel.telemetry(JOB, Optional.empty(), 0, false, 0))
                    .extracting(row -> row.step().step() + " on " + row.node())
                    .containsExactly(
                            "1 on " + told.node(), "2 on " + told.node(), "3 on " + told.node(), "4 on " + told.node());
            Eventually.isTrue(
                    "the story is told",
                    () -> world.readModel.events(JOB, 0, 99).stream()
                            .map(JobEvent::kind)
                            .toList()
                            .equals(List.of("submitted", "targeted", "granted", "started", "succeeded", "finished")));
        }
    }

    @Test
    void fiveHundredAnsweredSubmissionsAreThereAfterARestart(@TempDir Path directory) throws IOException {
        int jobs = 500;
        try (World world = new World(directory, cloud)) {
            world.configure(PoolSpec.defaults(World.POOL));
            List<CompletableFuture<PoolReply>> replies = IntStream.range(0, jobs)
                    .mapToObj(number -> world.scheduler
                            .gateway()
                            .ask(World.POOL, World.submission("job-" + number))
                            .toCompletableFuture())
                    .toList();
            assertThat(replies).allSatisfy(reply -> assertThat(reply.join()).isInstanceOf(PoolReply.Job.class));
        }
        try (World world = new World(directory, cloud)) {
            assertThat(world.ask(new PoolCommand.ListJobs()))
                    .isInstanceOfSatisfying(
                            PoolReply.Jobs.class,
                            all -> assertThat(all.jobs())
                                    .extracting(JobView::id)
                                    .doesNotHaveDuplicates()
                                    .hasSize(jobs));
            Eventually.isTrue(
                    "the last job's submission is told, once",
                    () -> world.readModel
                                    .events(new JobId("job-" + (jobs - 1)), 0, 9)
                                    .size()
                            == 1);
        }
    }

    @Test
    void whatWasIntendedBeforeARestartIsIntendedAgain(@TempDir Path directory) throws IOException {
        cloud.failing = true;
        NodeId intended;
        try (World world = new World(directory, cloud)) {
            world.configure(PoolSpec.defaults(World.POOL));
            assertThat(world.ask(World.submission(JOB.value()))).isInstanceOf(PoolReply.Job.class);
            intended = firstLaunch().node();
        }
        cloud.launches.clear();
        cloud.failing = false;
        try (World world = new World(directory, cloud)) {
            assertThat(world.url).isNotEmpty();
            Eventually.isTrue(
                    "the same node is launched",
                    () -> cloud.instance(World.OWNER, intended).isPresent());
            assertThat(cloud.instances).hasSize(1);
        }
    }

    @Test
    void anInstanceThatEndsIsReplacedAndOneThatNobodyKnowsIsEnded(@TempDir Path directory) throws IOException {
        try (World world = new World(directory, cloud)) {
            world.configure(PoolSpec.defaults(World.POOL).withNodes(1, 2));
            NodeId first = firstLaunch().node();
            NodeId orphan = new NodeId("orphan");
            NodeId stranger = new NodeId("stranger");
            cloud.plant(orphan, World.OWNER);
            cloud.plant(stranger, "somebody else");
            Eventually.isTrue(
                    "the node's instance is there",
                    () -> cloud.instance(World.OWNER, first).isPresent());
            cloud.end(first, "reclaimed");
            Eventually.isTrue(
                    "another node is launched",
                    () -> cloud.launches.stream()
                            .anyMatch(launch -> !launch.node().equals(first)));
            Eventually.isTrue("the orphan is ended", () -> cloud.isTerminated(orphan));
            assertThat(cloud.terminations).doesNotContain(stranger);
            assertThat(cloud.isTerminated(stranger)).isFalse();
        }
    }

    @Test
    void aPoolThatWasNeverConfiguredIsNotFound(@TempDir Path directory) throws IOException {
        try (World world = new World(directory, cloud)) {
            assertThat(world.ask(new PoolCommand.ShowPool())).isInstanceOf(PoolReply.NotFound.class);
            assertThat(world.readModel.pools()).isEmpty();
        }
    }

    private LaunchRequest firstLaunch() {
        return Eventually.get("a launch", () -> cloud.launches.stream().findFirst());
    }

    private static void putSteps(World world, int checkpoint, int... steps) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int step : steps) {
            lines.append(ShardWire.line(step(step)));
        }
        assertThat(world.store.putIfAbsent(
                        CheckpointLayout.checkpoint(FIRST, checkpoint) + CheckpointLayout.STEPS,
                        lines.toString().getBytes(UTF_8)))
                .isTrue();
    }

    private static StepRecord step(int step) {
        return new StepRecord(step, 1f / step, 0.1, 1, step, 10, 0, null, 0);
    }

    private static ShardStatus status(Phase phase, int step, @Nullable CheckpointRef checkpoint) {
        return new ShardStatus(FIRST, phase, step, checkpoint, null, null, null, 10, 10);
    }
}
