package dev.drover.planning;

import dev.drover.planning.policy.Allowance;
import dev.drover.planning.state.Payer;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is left of the budgets that a job which is only thought of would be paid from: its own, its owner's, its pool's. What others
 * will spend of them meanwhile is not foreseen, nor what the pool's pays besides for whole nodes.
 */
record PlannedBudgets(List<Left> all) {
    /**
     * Of one budget.
     *
     * @param whose {@code job}, {@code owner ann} or {@code pool default}
     * @param amount neither spent nor reserved
     */
    record Left(Payer payer, String whose, Money amount) {
        boolean isOwn() {
            return payer instanceof Payer.OfJob;
        }

        double value() {
            return amount.amount().doubleValue();
        }
    }

    /** Of the job, as far as they are in this currency. */
    static PlannedBudgets of(Accounts accounts, JobId job, String currency) {
        PoolState state = accounts.state();
        List<Payer> payers =
                new ArrayList<>(Budgets.payers(state, state.job(job).orElseThrow()));
        Payer pool = new Payer.OfPool();
        Budgets.limit(state, pool).ifPresent(limit -> payers.add(pool));
        return new PlannedBudgets(payers.stream()
                .flatMap(payer -> left(accounts, payer, currency).stream())
                .toList());
    }

    private static Optional<Left> left(Accounts accounts, Payer payer, String currency) {
        Allowance stands = Budgets.allowance(accounts, payer, Billing.TICK);
        String whose = payer instanceof Payer.OfJob ? "job" : stands.whose();
        return stands.left(currency).map(amount -> new Left(payer, whose, amount));
    }

    /** Of equals the job's own comes first, then its owner's. */
    Optional<Left> tightest() {
        return all.stream().reduce((one, other) -> one.amount().isMoreThan(other.amount()) ? other : one);
    }
}
