package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.Allowance;
import dev.drover.planning.state.Ledger;
import dev.drover.planning.state.Payer;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.CostView;
import dev.drover.protocol.api.PoolCostView;
import dev.drover.protocol.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What was spent, as people see it: by a job, and by a pool with its owners. */
final class Costs {
    private Costs() {}

    static CostView of(Ledger ledger) {
        Money spent = ledger.spent().orElse(Money.zero("USD"));
        List<CostView.Line> types = ledger.byCapacityType().entrySet().stream()
                .map(entry -> new CostView.Line(
                        entry.getKey().name(),
                        seconds(entry.getValue()),
                        entry.getValue().spent(),
                        entry.getValue().onDemand()))
                .toList();
        List<CostView.CategoryLine> categories = ledger.byCategory().entrySet().stream()
                .map(entry -> new CostView.CategoryLine(
                        entry.getKey(),
                        seconds(entry.getValue()),
                        entry.getValue().spent(),
                        entry.getValue().onDemand()))
                .toList();
        Money onDemand = ledger.onDemand().orElse(Money.zero(spent.currency()));
        return new CostView(spent, onDemand, ledger.switchBacks(), types, categories);
    }

    private static double seconds(Ledger.Spend spend) {
        return spend.instanceTime().toMillis() / 1000.0;
    }

    static PoolCostView of(PoolState state, Observations seen, Instant now) {
        Accounts accounts = Accounts.ofEverybody(state, seen, now);
        TreeSet<String> owners = new TreeSet<>(state.ledger().byOwner().keySet());
        owners.addAll(state.spec().orElseThrow().buying().ownerBudgets().keySet());
        for (Payer payer : accounts.payers()) {
            if (payer instanceof Payer.OfOwner(String owner)) {
                owners.add(owner);
            }
        }
        return PoolCostView.of(
                of(state.ledger().total()),
                budget(accounts),
                owners.stream().map(owner -> owner(accounts, owner)).toList());
    }

    private static Optional<PoolCostView.Budget> budget(Accounts accounts) {
        Payer pool = new Payer.OfPool();
        return Budgets.limit(accounts.state(), pool).map(limit -> {
            Allowance stands = Budgets.allowance(accounts, pool, Billing.TICK);
            return new PoolCostView.Budget(limit, stands.spent(), stands.reserved());
        });
    }

    private static PoolCostView.Owner owner(Accounts accounts, String owner) {
        Payer payer = new Payer.OfOwner(owner);
        Optional<Money> limit = Budgets.limit(accounts.state(), payer);
        Optional<Money> spent = Budgets.spent(accounts, payer);
        Money none = Money.zero(spent.or(() -> limit).orElseThrow().currency());
        return new PoolCostView.Owner(
                owner,
                spent.orElse(none),
                accounts.of(payer).map(Accounts.Account::reserved).orElse(none),
                limit);
    }
}
