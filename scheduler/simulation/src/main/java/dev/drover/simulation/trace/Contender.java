package dev.drover.simulation.trace;

import dev.drover.planning.policy.Holding;
import dev.drover.planning.policy.PurchasePolicy;
import dev.drover.protocol.pool.PolicyName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Who can be asked, by name, to buy for a job: the policies, and the best plan in hindsight. */
public enum Contender {
    GREEDY,
    UNIFORM_PROGRESS,
    ADAPTIVE,
    OPTIMUM;

    /**
     * Finds one by its name.
     *
     * @throws TraceException if there is none of that name
     */
    public static Contender named(String text) {
        return Arrays.stream(values())
                .filter(contender -> contender.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new TraceException("policy: '" + text + "' is not allowed; use one of "
                        + Arrays.stream(values()).map(Contender::text).collect(Collectors.joining(", "))));
    }

    /** Its name, as {@code uniform-progress}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What the job costs.
     *
     * @throws TraceException if the traces end before the deadline
     */
    public Outcome outcome(MarketTraces traces, JobTerms terms, int start) {
        return policy().map(policy -> Replay.run(traces, terms, start, policy))
                .orElseGet(() -> Optimum.of(traces, terms, start));
    }

    /**
     * What it holds in each tick, from the start until the work is done.
     *
     * @throws TraceException if the traces end before the deadline
     */
    public List<Holding> timeline(MarketTraces traces, JobTerms terms, int start) {
        return policy().map(policy -> {
                    List<Holding> timeline = new ArrayList<>();
                    Replay.run(traces, terms, start, policy, (tick, holding, why) -> timeline.add(holding));
                    return timeline;
                })
                .orElseGet(() -> Optimum.plan(traces, terms, start));
    }

    /** A new one each time: what a policy remembers to save time must not be waited for by another replay. */
    private Optional<PurchasePolicy> policy() {
        return switch (this) {
            case GREEDY -> Optional.of(PurchasePolicy.of(PolicyName.GREEDY));
            case UNIFORM_PROGRESS -> Optional.of(PurchasePolicy.of(PolicyName.UNIFORM_PROGRESS));
            case ADAPTIVE -> Optional.of(PurchasePolicy.of(PolicyName.ADAPTIVE));
            case OPTIMUM -> Optional.empty();
        };
    }
}
