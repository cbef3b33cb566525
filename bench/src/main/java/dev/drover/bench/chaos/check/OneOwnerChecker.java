package dev.drover.bench.chaos.check;

import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.ShardAdopted;
import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.event.PoolEvent.ShardFailed;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.ShardSucceeded;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shard has one owner: generations are granted one after the other while nobody holds the shard, only the last one ends it, none continues
 * from what a later one left behind; and of each step one record counts, made by the generation that had the shard at that step.
 */
final class OneOwnerChecker implements Checker {
    private static final String PROMISE = "one owner";

    /** What was granted of one shard: of each generation the step it continued from. */
    private static final class Owner {
        private final List<Integer> resumed = new ArrayList<>();
        private Optional<NodeId> node = Optional.empty();

        int generation() {
            return resumed.size();
        }

        boolean counts(CheckpointRef ref) {
            int generation = ref.lease().generation();
            return generation <= generation()
                    && resumed.subList(generation, resumed.size()).stream().allMatch(step -> ref.step() <= step);
        }

        /** Which generation had made that step for good. */
        int generationOf(int step) {
            int generation = generation();
            while (generation > 1 && resumed.get(generation - 1) >= step) {
                generation--;
            }
            return generation;
        }
    }

    @Override
    public List<Violation> check(Story story) {
        List<Violation> found = new ArrayList<>();
        Map<ShardId, Owner> owners = new HashMap<>();
        for (PoolEvent event : story.journal()) {
            if (event instanceof PoolEvent.OfShard ofShard) {
                Owner owner = owners.computeIfAbsent(ofShard.shard(), ignored -> new Owner());
                judge(ofShard, owner).ifPresent(what -> found.add(new Violation(PROMISE, event.at(), what)));
            }
        }
        story.losses().forEach((job, points) -> found.addAll(records(job, points, owners, story.endedAt())));
        return found;
    }

    /** Takes the event in; what is wrong with it, in words. */
    private static Optional<String> judge(PoolEvent.OfShard event, Owner owner) {
        if (event instanceof ShardGranted granted) {
            return granted(granted, owner);
        }
        if (event instanceof ShardAdopted adopted) {
            boolean wrong = adopted.lease().generation() != owner.generation() || owner.node.isPresent();
            owner.node = Optional.of(adopted.node());
            return wrong
                    ? Optional.of("%s was adopted; the shard is at generation %d"
                            .formatted(adopted.lease(), owner.generation()))
                    : Optional.empty();
        }
        if (event instanceof ShardSucceeded succeeded) {
            boolean wrong = succeeded.lease().generation() != owner.generation()
                    || !succeeded.checkpoint().map(owner::counts).orElse(true);
            left(succeeded.lease(), owner);
            return wrong
                    ? Optional.of("%s ended the shard with %s; it is at generation %d"
                            .formatted(
                                    succeeded.lease(),
                                    succeeded.checkpoint().map(Object::toString).orElse("no checkpoint"),
                                    owner.generation()))
                    : Optional.empty();
        }
        if (event instanceof ShardDetached || event instanceof ShardFailed) {
            left(((PoolEvent.OfLease) event).lease(), owner);
        }
        return Optional.empty();
    }

    private static Optional<String> granted(ShardGranted granted, Owner owner) {
        Lease lease = granted.lease();
        List<String> wrong = new ArrayList<>();
        if (lease.generation() != owner.generation() + 1) {
            wrong.add("%s was granted after generation %d".formatted(lease, owner.generation()));
        }
        owner.node.ifPresent(holder ->
                wrong.add("%s was granted to %s while %s holds the shard".formatted(lease, granted.node(), holder)));
        granted.resumeFrom()
                .filter(ref -> !owner.counts(ref))
                .ifPresent(ref ->
                        wrong.add("%s continues from %s, which a later generation left behind".formatted(lease, ref)));
        owner.node = Optional.of(granted.node());
        owner.resumed.add(granted.resumeFrom().map(CheckpointRef::step).orElse(0));
        return wrong.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", wrong));
    }

    private static void left(Lease lease, Owner owner) {
        if (lease.generation() == owner.generation()) {
            owner.node = Optional.empty();
        }
    }

    private static List<Violation> records(
            JobId job, List<TelemetryPoint> points, Map<ShardId, Owner> owners, Instant at) {
        List<Violation> found = new ArrayList<>();
        Map<ShardId, Map<Integer, Integer>> made = new HashMap<>();
        for (TelemetryPoint point : points) {
            if (point.superseded()) {
                continue;
            }
            ShardId shard = new ShardId(job, point.shard());
            Owner owner = owners.getOrDefault(shard, new Owner());
            Integer twice = made.computeIfAbsent(shard, ignored -> new HashMap<>())
                    .putIfAbsent(point.step(), point.generation());
            if (twice != null) {
                found.add(new Violation(
                        PROMISE,
                        at,
                        "step %d of %s counts in generation %d and in generation %d"
                                .formatted(point.step(), shard, twice, point.generation())));
            } else if (owner.generationOf(point.step()) != point.generation()) {
                found.add(new Violation(
                        PROMISE,
                        at,
                        "step %d of %s counts as made by generation %d; generation %d had the shard there"
                                .formatted(point.step(), shard, point.generation(), owner.generationOf(point.step()))));
            }
        }
        return found;
    }
}
