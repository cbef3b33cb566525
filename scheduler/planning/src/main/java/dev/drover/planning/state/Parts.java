package dev.drover.planning.state;

import dev.drover.planning.event.PoolEvent.Part;
import dev.drover.protocol.api.SpendCategory;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.market.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who pays for a node as it stands, and for what: docs/POLICIES.md, "The ledger". The parts of a node always make the whole of
 * it: what no shard pays is the pool's.
 */
public final class Parts {
    private final PoolState state;
    private final Resources has;
    private final Map<Line, Long> weights = new LinkedHashMap<>();
    private long left;

    private record Line(Optional<JobId> job, SpendCategory category) {}

    private Parts(PoolState state, Resources has) {
        this.state = state;
        this.has = has;
        this.left = Shares.whole(has);
    }

    /** Of a node that was obtained; {@code has} is what it turned out to have. */
    public static List<Part> of(PoolState state, Node node, Resources has) {
        Parts parts = new Parts(state, has);
        List<Shard> promised = new ArrayList<>();
        for (Shard shard : state.placedOn(node.id())) {
            if (shard.node().equals(Optional.of(node.id()))) {
                parts.add(shard, running(shard));
            } else {
                promised.add(shard);
            }
        }
        promised.forEach(shard -> parts.add(shard, promised(shard, node)));
        return parts.all();
    }

    /** Of a bill of a version that told no parts: what ran there paid, and no further question was asked. */
    static List<Part> untold(PoolState state, Node node, Resources has) {
        Parts parts = new Parts(state, has);
        state.runningOn(node.id()).forEach(shard -> parts.add(shard, SpendCategory.USEFUL));
        return parts.all();
    }

    private static SpendCategory running(Shard shard) {
        boolean started = shard.lastAttempt().filter(Attempt::hasStarted).isPresent();
        if (!started) {
            return SpendCategory.START_UP;
        }
        return shard.isRedoing() ? SpendCategory.REDONE : SpendCategory.USEFUL;
    }

    private static SpendCategory promised(Shard shard, Node node) {
        if (shard.node().isPresent()) {
            return SpendCategory.HANDOFF;
        }
        return switch (node.phase()) {
            case LAUNCHING, JOINING -> SpendCategory.START_UP;
            case READY, DRAINING, LOST, ENDING -> SpendCategory.WAITING;
        };
    }

    private void add(Shard shard, SpendCategory category) {
        Resources need = state.job(shard.id().job()).orElseThrow().spec().resources();
        long weight = Shares.weight(need, has);
        weights.merge(new Line(Optional.of(shard.id().job()), category), weight, Long::sum);
        left -= weight;
    }

    private List<Part> all() {
        if (left > 0) {
            weights.put(new Line(Optional.empty(), SpendCategory.IDLE), left);
        }
        long unit = 0;
        for (long weight : weights.values()) {
            unit = greatestCommonDivisor(unit, weight);
        }
        List<Part> parts = new ArrayList<>();
        for (Map.Entry<Line, Long> entry : weights.entrySet()) {
            Line line = entry.getKey();
            parts.add(new Part(line.job(), line.category(), entry.getValue() / unit));
        }
        return parts;
    }

    private static long greatestCommonDivisor(long one, long two) {
        return two == 0 ? one : greatestCommonDivisor(two, one % two);
    }
}
