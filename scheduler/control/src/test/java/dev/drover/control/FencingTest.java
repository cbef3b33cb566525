package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cloud.LaunchRequest;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.trial.TrialPostgres;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A generation that was passed on stays passed on, whichever scheduler has the pool. */
@Timeout(120)
class FencingTest {
    private static final ShardId SHARD = new ShardId(new JobId("job-1"), 0);
    private static final Lease FIRST = new Lease(SHARD, 1);
    private static final Lease SECOND = new Lease(SHARD, 2);

    private final FakeCloudProvider cloud = new FakeCloudProvider();

    @Test
    void anAgentOfAnOlderGenerationIsFencedByTheNextScheduler(@TempDir Path directory) throws IOException {
        Database database = TrialPostgres.create();
        List<Integer> ports = ClusterTest.freePorts(2);
        try (World door = world(directory, database, ports, 0)) {
            UserData gone;
            UserData next;
            try (World holder = world(directory, database, ports, 1)) {
                Eventually.isTrue("both are up", () -> ClusterTest.membersUp(holder) == 2);
                door.configure(impatient(PoolSpec.defaults(World.POOL)));
                assertThat(door.ask(World.submission(SHARD.job().value()))).isInstanceOf(PoolReply.Job.class);
                gone = World.userData(launch(0));
                runAndFallSilent(door, gone);
                next = World.userData(launch(1));
                try (FakeAgent successor = connect(door, next, "next")) {
                    successor.await(AgentCommand.Run.class, run -> run.lease().equals(SECOND));
                }
            }
            try (FakeAgent successor = connect(door, next, "next")) {
                Eventually.isTrue("the successor is heard", () -> {
                    successor.status(next.node(), "next", status(SECOND, Phase.RUNNING, 3));
                    return attempted(door) == 2;
                });
                try (FakeAgent zombie = connect(door, gone, "inc")) {
                    zombie.status(gone.node(), "inc", status(FIRST, Phase.DONE, 4));
                    zombie.await(
                            AgentCommand.Release.class,
                            release -> release.lease().equals(FIRST));
                }
                assertThat(job(door).state()).isNotEqualTo(JobState.SUCCEEDED);
                successor.status(next.node(), "next", status(SECOND, Phase.DONE, 4));
                Eventually.isTrue(
                        "the job is done by its second generation",
                        () -> door.readModel.finished(SHARD.job()).isPresent());
            }
        }
    }

    private static void runAndFallSilent(World door, UserData told) {
        try (FakeAgent agent = connect(door, told, "inc")) {
            agent.await(AgentCommand.Run.class, run -> run.lease().equals(FIRST));
            agent.status(told.node(), "inc", status(FIRST, Phase.RUNNING, 2));
            Eventually.isTrue("it runs", () -> job(door).state() == JobState.RUNNING);
        }
    }

    private static FakeAgent connect(World door, UserData told, String incarnation) {
        FakeAgent agent = FakeAgent.hello(door.url, told.node(), told.pool(), incarnation, told.token());
        agent.status(told.node(), incarnation);
        return agent;
    }

    private static JobView job(World door) {
        PoolReply reply = door.ask(new PoolCommand.ShowJob(SHARD.job()));
        assertThat(reply).isInstanceOf(PoolReply.Job.class);
        return ((PoolReply.Job) reply).job();
    }

    private static int attempted(World door) {
        return job(door).shards().getFirst().generation();
    }

    private LaunchRequest launch(int number) {
        return Eventually.get(
                "launch " + number, () -> cloud.launches.stream().skip(number).findFirst());
    }

    /** Moves what a silent node ran as soon as a pool may. */
    private static PoolSpec impatient(PoolSpec like) {
        LeaseSpec lease = new LeaseSpec(
                Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofHours(1), Duration.ofSeconds(1));
        return new PoolSpec(
                like.name(),
                like.mode(),
                like.provider(),
                like.zones(),
                like.instanceTypes(),
                like.minNodes(),
                like.maxNodes(),
                like.idleTimeout(),
                like.agentsPreferWarm(),
                lease,
                like.backoff(),
                like.switchBack(),
                like.buying());
    }

    private static ShardStatus status(Lease lease, Phase phase, int step) {
        @Nullable
        CheckpointRef checkpoint = phase == Phase.DONE ? new CheckpointRef(lease, step, "ab".repeat(32)) : null;
        return new ShardStatus(lease, phase, step, checkpoint, null, null, null, 10, 10);
    }

    private World world(Path directory, Database database, List<Integer> ports, int at) throws IOException {
        return new World(directory, cloud, database, ClusterTest.member(ports.get(at), Downing.MAJORITY));
    }
}
