package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.Part;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.Parts;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Spend never passes a budget by more than one billing tick of what was already running. Reckoned from the bills and the open
 * instances alone; a budget that is lowered is held from what was spent by then.
 */
final class BudgetCheck {
    private final Map<String, Held> held = new HashMap<>();

    /**
     * A budget as it was last looked at.
     *
     * @param from what it is held to: the limit, or what was spent when it was set
     * @param perHour of all that ran when that was last not passed
     */
    private record Held(Money limit, BigDecimal from, BigDecimal perHour) {}

    void check(PoolState state, Instant now) {
        Set<String> live = new HashSet<>();
        state.spec().ifPresent(spec -> {
            spec.buying()
                    .budget()
                    .ifPresent(limit -> check(
                            state,
                            now,
                            live,
                            "pool",
                            limit,
                            state.ledger().total().spent(),
                            part -> true));
            spec.buying()
                    .ownerBudgets()
                    .forEach((owner, limit) -> check(
                            state,
                            now,
                            live,
                            "owner " + owner,
                            limit,
                            Optional.ofNullable(state.ledger().byOwner().get(owner)),
                            part -> owner(state, part).equals(Optional.of(owner))));
        });
        for (Job job : state.jobs().values()) {
            job.spec()
                    .scheduling()
                    .budget()
                    .ifPresent(limit -> check(
                            state,
                            now,
                            live,
                            "job " + job.id(),
                            limit,
                            job.ledger().spent(),
                            part -> part.job().equals(Optional.of(job.id()))));
        }
        held.keySet().retainAll(live);
    }

    private static Optional<String> owner(PoolState state, Part part) {
        return part.job().flatMap(state::job).map(Job::owner);
    }

    private void check(
            PoolState state,
            Instant now,
            Set<String> live,
            String whose,
            Money limit,
            Optional<Money> booked,
            Predicate<Part> pays) {
        live.add(whose);
        BigDecimal spent = booked.map(Money::amount).orElse(BigDecimal.ZERO);
        BigDecimal perHour = BigDecimal.ZERO;
        for (Node node : state.nodes().values()) {
            if (node.instance().isPresent()) {
                Node.Instance open = node.instance().get();
                BigDecimal part =
                        open.pricePerHour().amount().multiply(share(Parts.of(state, node, open.resources()), pays));
                perHour = perHour.add(part);
                spent = spent.add(cost(part, Duration.between(open.billedTo(), now)));
            }
        }
        Held before = held.get(whose);
        if (before == null || !before.limit().equals(limit)) {
            held.put(whose, new Held(limit, spent.max(limit.amount()), perHour));
        } else if (spent.compareTo(before.from()) <= 0) {
            held.put(whose, new Held(limit, before.from(), perHour));
        } else {
            assertThat(spent)
                    .as("spent by " + whose + ", of " + limit)
                    .isLessThanOrEqualTo(before.from().add(cost(before.perHour(), Billing.TICK)));
        }
    }

    private static BigDecimal share(List<Part> parts, Predicate<Part> pays) {
        long all = parts.stream().mapToLong(Part::weight).sum();
        long paid = parts.stream().filter(pays).mapToLong(Part::weight).sum();
        return BigDecimal.valueOf(paid).divide(BigDecimal.valueOf(all), MathContext.DECIMAL64);
    }

    private static BigDecimal cost(BigDecimal perHour, Duration time) {
        return perHour.multiply(BigDecimal.valueOf(time.toSeconds()))
                .divide(BigDecimal.valueOf(3600), MathContext.DECIMAL64);
    }
}
