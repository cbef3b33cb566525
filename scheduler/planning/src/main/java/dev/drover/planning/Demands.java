package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.Demand;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Ledger;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Roster;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.RungSpec;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the policy is asked for. */
final class Demands {
    private Demands() {}

    /**
     * For the shard.
     *
     * @param accounts as of what is being decided, where {@code state} is what was there before
     */
    static Demand of(PoolState state, Accounts accounts, Observations seen, Shard shard, Instant now) {
        Job job = state.job(shard.id().job()).orElseThrow();
        List<RungSpec> own = job.spec().scheduling().ladder();
        return new Demand(
                job.spec().resources(),
                own,
                spent(own.isEmpty() ? state.ledger().total() : job.ledger()),
                waitsSince(job, shard),
                asked(state),
                Pacing.of(state.spec().orElseThrow(), seen, job, shard, now),
                Budgets.forLaunch(accounts, job));
    }

    /** A spare is for no shard in particular. */
    static Demand ofSpare(PoolState state, Accounts accounts, String accelerator) {
        return new Demand(
                new Resources(accelerator, 1, new ByteSize(0)),
                List.of(),
                spent(state.ledger().total()),
                Optional.empty(),
                asked(state),
                Optional.empty(),
                Budgets.forSpare(accounts));
    }

    private static Map<CapacityType, Money> spent(Ledger ledger) {
        Map<CapacityType, Money> spent = new EnumMap<>(CapacityType.class);
        ledger.byCapacityType().forEach((type, spend) -> spent.put(type, spend.spent()));
        return spent;
    }

    private static Optional<Instant> waitsSince(Job job, Shard shard) {
        return shard.node().isPresent()
                ? Optional.empty()
                : shard.lastAttempt().flatMap(Attempt::endedAt).or(() -> Optional.of(job.submittedAt()));
    }

    /** What the launches under way ask. */
    private static Set<Market> asked(PoolState state) {
        Set<Market> asked = new HashSet<>();
        for (Roster.Shape shape : state.index().roster().berths().keySet()) {
            asked.addAll(shape.hopedFrom());
        }
        return asked;
    }
}
