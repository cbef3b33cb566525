package dev.drover.protocol.job;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.RungSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When a job runs, on what, and at what cost. Its fields stand among the job's own, in JSON as in YAML; one that is absent
 * has its default.
 *
 * @param priority from -1000 to 1000; the larger goes first
 * @param after jobs that must have succeeded first
 * @param gang whether all shards are placed together or none, the first time
 * @param deadline when the job is to be done
 * @param budget the most that the job may spend
 * @param computeTime how long one shard trains undisturbed, as the owner expects it; measured once it runs
 * @param ladder what to try, best first; empty means the pool's
 */
public record SchedulingSpec(
        int priority,
        List<JobId> after,
        boolean gang,
        Optional<Deadline> deadline,
        Optional<Money> budget,
        Optional<Duration> computeTime,
        List<RungSpec> ladder) {
    public static final SchedulingSpec DEFAULT =
            new SchedulingSpec(0, List.of(), false, Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    public SchedulingSpec {
        after = List.copyOf(after);
        ladder = List.copyOf(ladder);
    }

    /** Reads what older versions wrote, too, which knew none of these fields. */
    @JsonCreator
    static SchedulingSpec of(
            @JsonProperty("priority") Optional<Integer> priority,
            @JsonProperty("after") Optional<List<JobId>> after,
            @JsonProperty("gang") Optional<Boolean> gang,
            @JsonProperty("deadline") Optional<Deadline> deadline,
            @JsonProperty("budget") Optional<Money> budget,
            @JsonProperty("computeTime") Optional<Duration> computeTime,
            @JsonProperty("ladder") Optional<List<RungSpec>> ladder) {
        return new SchedulingSpec(
                priority.orElse(DEFAULT.priority),
                after.orElse(DEFAULT.after),
                gang.orElse(DEFAULT.gang),
                deadline,
                budget,
                computeTime,
                ladder.orElse(DEFAULT.ladder));
    }

    SchedulingSpec withBudget(Optional<Money> newBudget) {
        return new SchedulingSpec(priority, after, gang, deadline, newBudget, computeTime, ladder);
    }

    /** Jackson would drop, without a word, what neither the job nor this part of it knows. */
    @JsonAnySetter
    @SuppressWarnings("UnusedMethod") // Jackson calls it.
    private void refuseUnknown(String field, JsonNode value) {
        throw new IllegalArgumentException("there is no field '" + field + "' in a job: " + value);
    }
}
