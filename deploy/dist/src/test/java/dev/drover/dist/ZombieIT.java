package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dist.trial.Deadline;
import dev.drover.dist.trial.NodeProcesses;
import dev.drover.dist.trial.SmallJob;
import dev.drover.dist.trial.Trial;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.Manifest;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A node that was silent beyond its lease and comes back can't commit: its shard has moved on, and the result is the same. */
final class ZombieIT {
    private static final int STEPS = 400;
    private static final LeaseSpec SHORT =
            new LeaseSpec(Duration.ofSeconds(4), Duration.ofMillis(500), Duration.ofMinutes(30), Duration.ofSeconds(2));

    /** What is stopped of the node. */
    private interface Stop {
        void of(NodeProcesses node) throws Exception;
    }

    @Test
    void aSilentNodeThatComesBackChangesNothing(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        try (Trial trial = Trial.in(directory)) {
            SmallJob job = new SmallJob(trial.text(), STEPS, 20);
            Map<Integer, String> undisturbed = trial.undisturbed(job);
            assertThat(undisturbed).hasSize(STEPS);

            survives(trial, "agent", job, NodeProcesses::stopAgent, undisturbed);
            survives(trial, "both", job, NodeProcesses::stopAll, undisturbed);

            assertThat(trial.end()).isEmpty();
        }
    }

    private static void survives(Trial trial, String name, SmallJob spec, Stop stop, Map<Integer, String> undisturbed)
            throws Exception {
        // No pre-started process: every one that an agent has is a shard's.
        PoolSpec pool = trial.pool(name, 2, 4, SHORT, false);
        JobId job = trial.api().submit(spec.in(pool.name()), name);
        ShardView first = shard(
                trial.await(job, view -> Trial.isRunning(view, 1) && shard(view).step() >= 50));
        NodeId node = first.node().orElseThrow();
        NodeProcesses zombie = NodeProcesses.of(trial, trial.node(pool.name(), node));
        assertThat(zombie.trainers()).as("programs of the node that trains").isNotEmpty();

        stop.of(zombie);
        ShardView moved;
        try {
            moved = shard(trial.await(job, view -> Trial.isRunning(view, 2) && stepsMade(view) >= 5));
        } finally {
            zombie.goOn();
        }
        int resumed = moved.attempts().getLast().resumedFromStep();
        assertThat(moved.node()).isNotEqualTo(first.node());

        Deadline end = Deadline.in(Duration.ofSeconds(30));
        while (!zombie.livingTrainers().isEmpty()) {
            end.pause(() -> "the fenced trainers " + zombie.livingTrainers() + " still live");
        }
        Deadline fenced = Deadline.in(Duration.ofSeconds(30));
        while (holdsLease(trial, pool, node)) {
            fenced.pause(() -> "node " + node + " still holds a lease");
        }

        // Whoever comes next continues what counts, however far the zombie came.
        publishLate(trial, new ShardId(job, 0));
        trial.cloud().kill(moved.node().orElseThrow());
        JobView done = trial.await(job, view -> view.state() == JobState.SUCCEEDED);

        List<AttemptView> attempts = shard(done).attempts();
        assertThat(attempts).extracting(AttemptView::generation).containsExactly(1, 2, 3);
        AttemptView last = attempts.getLast();
        assertThat(last.resumedFromStep()).as("step of the late checkpoint").isNotEqualTo(STEPS - 1);
        assertThat(last.resumedFromGeneration() == 2 || last.resumedFromStep() <= resumed)
                .as("%s continues generation 2, or what generation 2 itself continued", last)
                .isTrue();
        assertThat(trial.losses(job)).isEqualTo(undisturbed);
        trial.api().putPool(pool.withNodes(0, 0));
    }

    /** What a zombie could do at worst: under its own generation, a complete and valid checkpoint of a later step. */
    private static void publishLate(Trial trial, ShardId shard) throws IOException {
        FileObjectStore store = new FileObjectStore(trial.store());
        CheckpointCatalog catalog = new CheckpointCatalog(store);
        assertThat(catalog.published(shard))
                .as("the zombie was ended before it was done")
                .noneMatch(ref -> ref.lease().generation() == 1 && ref.step() == STEPS);
        Manifest own = catalog.manifest(catalog.published(shard).getFirst());
        Manifest late = new Manifest(own.format(), new Lease(shard, 1), STEPS - 1, own.createdAt(), own.files());
        for (Manifest.Entry file : own.files()) {
            store.put(
                    CheckpointLayout.checkpoint(late.lease(), late.step()) + file.name(),
                    trial.store().resolve(CheckpointLayout.checkpoint(own.lease(), own.step()) + file.name()));
        }
        assertThat(store.putIfAbsent(CheckpointLayout.manifest(late.lease(), late.step()), ManifestJson.write(late)))
                .isTrue();
        assertThat(catalog.published(shard).getFirst().step()).isEqualTo(late.step());
    }

    /** A node that holds none is a spare, or was ended as one. */
    private static boolean holdsLease(Trial trial, PoolSpec pool, NodeId node)
            throws IOException, InterruptedException {
        return trial.api().nodes(pool.name()).stream()
                .anyMatch(view -> view.id().equals(node) && !view.leases().isEmpty());
    }

    private static ShardView shard(JobView view) {
        return view.shards().getFirst();
    }

    private static int stepsMade(JobView view) {
        return shard(view).step() - shard(view).attempts().getLast().resumedFromStep();
    }
}
