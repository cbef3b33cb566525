package dev.drover.bench.chaos;

import dev.drover.bench.chaos.check.Story;
import dev.drover.bench.chaos.history.Entry;
import dev.drover.bench.chaos.history.Entry.Acknowledged;
import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.planning.event.PoolEvent;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.checkpoint.InvalidCheckpointException;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes the history of a campaign with what its cloud, journal, store and API know. */
final class StoryReader {
    private static final Logger LOG = LoggerFactory.getLogger(StoryReader.class);

    private static final Pattern MANIFEST = Pattern.compile("(.*)g(\\d+)/step-(\\d+)/manifest\\.json");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ChaosWorld world;
    private final PoolName pool;
    private final Map<String, List<TelemetryPoint>> undisturbed;

    /** {@code pool} is the one that the journal is of. */
    StoryReader(ChaosWorld world, PoolName pool, Map<String, List<TelemetryPoint>> undisturbed) {
        this.world = world;
        this.pool = pool;
        this.undisturbed = undisturbed;
    }

    /** While the world still runs. */
    Story read(List<Entry> history, List<PoolEvent> journal) throws IOException, InterruptedException {
        List<JobId> jobs = history.stream()
                .filter(Acknowledged.class::isInstance)
                .map(entry -> ((Acknowledged) entry).job())
                .distinct()
                .toList();
        return new Story(history, journal, instances(), checkpoints(jobs), losses(jobs), undisturbed, List.of());
    }

    /** Those of the pool. */
    private List<Story.InstanceLife> instances() {
        return world.drills().instances().stream()
                .filter(instance -> instance.node().value().startsWith(pool + "-"))
                .map(instance -> new Story.InstanceLife(
                        instance.node(),
                        instance.instanceId(),
                        instance.launchedAt(),
                        Optional.ofNullable(instance.endedAt())))
                .toList();
    }

    private List<Story.StoredCheckpoint> checkpoints(List<JobId> jobs) throws IOException {
        FileObjectStore store = new FileObjectStore(world.store());
        List<Story.StoredCheckpoint> found = new ArrayList<>();
        for (JobId job : jobs) {
            for (int shard = 0; shard < ChaosJob.SHARDS; shard++) {
                ShardId id = new ShardId(job, shard);
                for (String key : store.list(CheckpointLayout.shardPrefix(id))) {
                    Matcher place = MANIFEST.matcher(key);
                    if (place.matches()) {
                        Lease lease = new Lease(id, Integer.parseInt(place.group(2)));
                        found.add(checked(store, key, lease, Integer.parseInt(place.group(3))));
                    }
                }
            }
        }
        return found;
    }

    private static Story.StoredCheckpoint checked(FileObjectStore store, String key, Lease lease, int step)
            throws IOException {
        byte[] content = store.get(key).orElse(new byte[0]);
        try {
            CheckpointRef ref = new CheckpointRef(lease, step, ManifestJson.digest(ManifestJson.read(key, content)));
            try {
                new CheckpointCatalog(store).verify(ref);
                return new Story.StoredCheckpoint(ref, Optional.empty());
            } catch (InvalidCheckpointException e) {
                return new Story.StoredCheckpoint(ref, Optional.of(String.valueOf(e.getMessage())));
            }
        } catch (InvalidCheckpointException e) {
            return new Story.StoredCheckpoint(
                    new CheckpointRef(lease, step, ManifestJson.sha256(content)),
                    Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private Map<JobId, List<TelemetryPoint>> losses(List<JobId> jobs) throws InterruptedException {
        Map<JobId, List<TelemetryPoint>> losses = new HashMap<>();
        try (Clients clients = new Clients(world.schedulers(), 0)) {
            for (JobId job : jobs) {
                try {
                    losses.put(
                            job,
                            clients.ask("history of " + job, PATIENCE, () -> false, api -> api.telemetry(job))
                                    .value());
                } catch (TimeoutException e) {
                    // Without losses it is complained of.
                    LOG.warn("the losses of {} are not to be had", job, e);
                }
            }
        }
        return losses;
    }
}
