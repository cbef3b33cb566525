package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dist.trial.NodeProcesses;
import dev.drover.dist.trial.SmallJob;
import dev.drover.dist.trial.Trial;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint that was damaged after it was published, and a store that takes no more. */
final class CheckpointFaultIT {
    private static final int STEPS = 500;
    private static final int EVERY = 20;

    /** What is done to a file. */
    private interface Damage {
        void to(Path file) throws IOException;
    }

    @Test
    void aDamagedCheckpointIsNamedAndPassedOver(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        try (Trial trial = Trial.in(directory)) {
            SmallJob spec = new SmallJob(trial.text(), STEPS, EVERY);
            Map<Integer, String> undisturbed = trial.undisturbed(spec);
            PoolSpec pool = trial.pool("damaged", 2, 4, LeaseSpec.DEFAULT);
            JobId job = trial.api().submit(spec.in(pool.name()), "damaged");

            List<String> said = new ArrayList<>();
            said.add(damage(trial, pool, job, CheckpointFaultIT::flip));
            said.add(damage(trial, pool, job, CheckpointFaultIT::truncate));
            said.add(damage(trial, pool, job, Files::delete));
            JobView done = trial.await(job, view -> view.state() == JobState.SUCCEEDED);

            String reasons = String.join("\n", reasons(done));
            assertThat(said).allSatisfy(words -> assertThat(reasons).contains(words));
            assertThat(reasons)
                    .contains("SHA-256")
                    .contains("the manifest says")
                    .contains("is missing");
            assertThat(trial.losses(job)).isEqualTo(undisturbed);
            assertThat(trial.end()).isEmpty();
        }
    }

    @Test
    void aFullStoreStopsNoTraining(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        try (ScarceStore store = ScarceStore.in(directory.resolve("store"));
                Trial trial = Trial.in(directory, "--store", store.directory().toString())) {
            SmallJob spec = new SmallJob(trial.text(), STEPS, EVERY);
            Map<Integer, String> undisturbed = trial.undisturbed(spec);
            PoolSpec pool = trial.pool("full", 1, 4, LeaseSpec.DEFAULT);
            JobId job = trial.api().submit(spec.in(pool.name()), "full");
            CheckpointCatalog catalog = new CheckpointCatalog(new FileObjectStore(store.directory()));
            ShardId shard = new ShardId(job, 0);
            trial.await(job, view -> shard(view).step() >= 3 * EVERY);

            store.fill();
            JobView troubled = trial.await(job, view -> shard(view).trouble().isPresent());
            int atTrouble = shard(troubled).step();
            assertThat(shard(troubled).trouble().orElseThrow()).contains(store.complaint());
            trial.await(job, view -> Trial.isRunning(view, 1) && shard(view).step() >= atTrouble + 2 * EVERY);
            List<String> passedOver = new ArrayList<>();
            List<CheckpointRef> kept = catalog.published(shard, invalid -> passedOver.add(invalid.getMessage()));
            assertThat(passedOver).as("half-written checkpoints").isEmpty();
            assertThat(kept).as("checkpoints from before").isNotEmpty();

            store.free();
            trial.await(job, view -> shard(view).trouble().isEmpty());
            assertThat(catalog.published(shard).getFirst().step())
                    .isGreaterThan(kept.getFirst().step());
            JobView done = trial.await(job, view -> view.state() == JobState.SUCCEEDED);

            assertThat(shard(done).attempts()).hasSize(1);
            assertThat(trial.losses(job)).isEqualTo(undisturbed);
            assertThat(trial.end()).isEmpty();
        }
    }

    /**
     * Stops the shard's node, so that nothing is published meanwhile, damages its newest checkpoint, and kills the node.
     *
     * @return the damaged file, as the reasons are to name it
     */
    private static String damage(Trial trial, PoolSpec pool, JobId job, Damage damage) throws Exception {
        trial.awaitNodes(pool);
        int generation = shard(trial.api().job(job)).generation();
        ShardView running = shard(trial.await(
                job, view -> Trial.isRunning(view, Math.max(1, generation)) && stepsMade(view) >= 3 * EVERY));
        NodeId node = running.node().orElseThrow();
        NodeProcesses.of(trial, trial.node(pool.name(), node)).stopAll();
        CheckpointRef newest = new CheckpointCatalog(new FileObjectStore(trial.store()))
                .published(new ShardId(job, 0))
                .getFirst();
        String key = CheckpointLayout.checkpoint(newest.lease(), newest.step());
        try (Stream<Path> files = Files.list(trial.store().resolve(key))) {
            Path file = files.filter(path -> path.toString().endsWith(".safetensors"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
            damage.to(file);
            trial.cloud().kill(node);
            trial.await(job, view -> Trial.isRunning(view, running.generation() + 1) && stepsMade(view) >= 1);
            return key + file.getFileName();
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
    }

    private static void truncate(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, content.length / 2));
    }

    private static List<String> reasons(JobView view) {
        return shard(view).attempts().stream()
                .flatMap(attempt -> Stream.concat(Stream.of(attempt.grantedBecause()), attempt.endedBecause().stream()))
                .map(Reason::text)
                .toList();
    }

    private static ShardView shard(JobView view) {
        return view.shards().getFirst();
    }

    private static int stepsMade(JobView view) {
        return shard(view).step() - shard(view).attempts().getLast().resumedFromStep();
    }
}
