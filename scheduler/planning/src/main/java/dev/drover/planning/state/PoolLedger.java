package dev.drover.planning.state;

import dev.drover.planning.event.PoolEvent.Part;
import dev.drover.planning.state.Ledger.Spend;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.money.Money;
import java.util.Collection;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * All that a pool paid, and how much of it for the jobs of each owner, also of jobs that have long been archived.
 *
 * @param byOwner without what the pool pays itself
 */
public record PoolLedger(Ledger total, PMap<String, Money> byOwner) {
    public static final PoolLedger EMPTY = new PoolLedger(Ledger.EMPTY, HashTreePMap.empty());

    /** A pool whose owners' sums were never kept: what their live jobs paid is all that is known. */
    public static PoolLedger of(Ledger total, Collection<Job> jobs) {
        PoolLedger ledger = new PoolLedger(total, HashTreePMap.empty());
        for (Job job : jobs) {
            Optional<Money> spent = job.ledger().spent();
            ledger = spent.isPresent() ? ledger.plusOwner(job.owner(), spent.get()) : ledger;
        }
        return ledger;
    }

    PoolLedger plus(CapacityType type, Part part, Spend spend, Optional<String> owner) {
        PoolLedger all = new PoolLedger(total.plus(type, part.category(), spend), byOwner);
        return owner.isPresent() ? all.plusOwner(owner.get(), spend.spent()) : all;
    }

    PoolLedger plusSwitchBack() {
        return new PoolLedger(total.plusSwitchBack(), byOwner);
    }

    private PoolLedger plusOwner(String owner, Money spent) {
        Money before = byOwner.getOrDefault(owner, Money.zero(spent.currency()));
        return new PoolLedger(total, byOwner.plus(owner, before.plus(spent)));
    }
}
