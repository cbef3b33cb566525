package dev.drover.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.drover.cloud.CloudProvider;
import dev.drover.cloud.LaunchRequest;
import dev.drover.persistence.cluster.SchedulerTable;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.planning.event.PoolEvent;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.CheckpointSpec;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;

/** A whole scheduler on a directory, most often with a fake cloud. Closing it and making a new one on the directory is a restart. */
final class World implements AutoCloseable {
    static final PoolName POOL = new PoolName("herd");
    static final String OWNER = "test-cluster";
    static final String SECRET = "a secret of enough length";

    final JdbcReadModel readModel;
    private final SchedulerTable table;
    final FileObjectStore store;
    final Scheduler scheduler;
    final String url;
    final ActorSystem<Void> system;

    World(Path directory, FakeCloudProvider cloud) throws IOException {
        this(directory, cloud, H2Database.in(directory), ClusterConfig.ALONE);
    }

    /** A scheduler of a cluster; all of them share the directory and the database. */
    World(Path directory, FakeCloudProvider cloud, Database database, ClusterConfig cluster) throws IOException {
        this(directory, cloud, node -> cloud.end(node, "killed by a drill"), database, cluster, OWNER);
    }

    /** One whose instances carry the tag {@code owner}. */
    World(Path directory, CloudProvider cloud, Drills drills, Database database, ClusterConfig cluster, String owner)
            throws IOException {
        this(directory, cloud, drills, database, cluster, owner, ConfigFactory.empty());
    }

    /** One with these settings before all others. */
    World(
            Path directory,
            CloudProvider cloud,
            Drills drills,
            Database database,
            ClusterConfig cluster,
            String owner,
            Config first)
            throws IOException {
        readModel = JdbcReadModel.open(database);
        table = SchedulerTable.open(database);
        store = new FileObjectStore(directory.resolve("store"));
        system = ActorSystem.create(
                Behaviors.empty(),
                ClusterConfig.SYSTEM,
                first.withFallback(database.pekkoConfig())
                        .withFallback(cluster.systemConfig())
                        .withFallback(ConfigFactory.load()));
        AtomicReference<List<String>> urls = new AtomicReference<>(List.of());
        SchedulerConfig config = new SchedulerConfig(
                owner,
                urls::get,
                SECRET,
                Optional.empty(),
                "file://" + directory.resolve("store"),
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                Duration.ofSeconds(15),
                Duration.ofSeconds(10));
        scheduler = Scheduler.start(
                system,
                config,
                cloud,
                readModel,
                store,
                drills,
                InstantSource.system(),
                new Discovery(table, cluster.peers(), () -> String.join("", urls.get())));
        ServerBinding binding = Http.get(system)
                .newServerAt("127.0.0.1", 0)
                .bind(scheduler.agents())
                .toCompletableFuture()
                .join();
        url = "ws://127.0.0.1:" + binding.localAddress().getPort() + "/agents/v1";
        urls.set(List.of(url));
    }

    PoolReply ask(PoolCommand command) {
        return scheduler
                .gateway()
                .ask(POOL, command)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    void configure(PoolSpec spec) {
        PoolReply reply = ask(new PoolCommand.ConfigurePool(spec));
        if (!(reply instanceof PoolReply.Done)) {
            throw new AssertionError("not configured: " + reply);
        }
    }

    /** A job of one shard that saves every two steps. */
    static PoolCommand.SubmitJob submission(String id) {
        JobSpec spec = new JobSpec(
                "train",
                POOL,
                1,
                new Resources("cpu", 1, ByteSize.ofMiB(512)),
                new ProgramSpec.Command(List.of("/bin/program"), JsonNodeFactory.instance.objectNode()),
                new CheckpointSpec(2, 2),
                3,
                SchedulingSpec.DEFAULT);
        return new PoolCommand.SubmitJob(new JobId(id), spec, "ada");
    }

    static PoolEvent.JobSubmitted submitted(JobId job, Instant at) {
        PoolCommand.SubmitJob submission = submission(job.value());
        return new PoolEvent.JobSubmitted(job, submission.spec(), submission.owner(), at);
    }

    /** What the instance of this launch reads from its metadata server. */
    static UserData userData(LaunchRequest launch) {
        try {
            return DroverJson.mapper().readValue(launch.userData(), UserData.class);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not user data: " + launch.userData(), e);
        }
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        readModel.close();
        table.close();
    }
}
