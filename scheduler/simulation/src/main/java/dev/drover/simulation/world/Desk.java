package dev.drover.simulation.world;

import dev.drover.planning.Intent;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.simulation.world.check.Fact;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The scheduler's other executors: reads checkpoints and archives jobs, one of a kind at a time. */
final class Desk {
    private static final Duration READ = Duration.ofMillis(200);

    private final Ground ground;
    private final VirtualStore store;
    private final Controller controller;
    private final Set<Object> inFlight = new HashSet<>();
    private int life;
    private boolean readModelAway;

    Desk(Ground ground, VirtualStore store, Controller controller) {
        this.ground = ground;
        this.store = store;
        this.controller = controller;
    }

    void read(Intent.ReadCheckpoints read) {
        effort(read, () -> answer(read));
    }

    void archive(JobId job) {
        effort(
                job,
                () -> readModelAway
                        ? new Input.Failed(new Effort.Archiving(job), "the read model is away")
                        : new Input.Archived(job));
    }

    void setReadModelAway(boolean nowAway) {
        readModelAway = nowAway;
    }

    private Input answer(Intent.ReadCheckpoints read) {
        if (store.isAway()) {
            return new Input.Failed(new Effort.CheckpointRead(read.shard()), "the store is away");
        }
        ground.tell(new Fact.StoreRead(new Lease(read.shard(), read.generation())));
        List<CheckpointRef> published = store.listing(read.shard(), read.generation());
        Optional<String> flaw = read.doubted().filter(published::contains).flatMap(store::flaw);
        return new Input.CheckpointsRead(
                read.shard(), read.generation(), read.since(), published, store.passedOver(read.shard()), flaw);
    }

    /** What is read is as it was half-way; a controller that died hears nothing of it. */
    private void effort(Object key, Supplier<Input> work) {
        if (life != controller.life()) {
            life = controller.life();
            inFlight.clear();
        }
        if (!inFlight.add(key)) {
            return;
        }
        int begunIn = life;
        ground.time().after(READ.dividedBy(2), () -> {
            Input result = work.get();
            ground.time().after(READ.dividedBy(2), () -> {
                if (controller.life() == begunIn) {
                    inFlight.remove(key);
                    controller.tell(result);
                }
            });
        });
    }
}
