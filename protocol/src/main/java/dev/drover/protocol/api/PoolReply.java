package dev.drover.protocol.api;

import java.util.List;

/** A pool's answer. */
public sealed interface PoolReply {
    /** Done, and durable. */
    record Done() implements PoolReply {}

    record Pool(PoolView pool) implements PoolReply {}

    record Job(JobView job) implements PoolReply {}

    record Jobs(List<JobView> jobs) implements PoolReply {}

    record Nodes(List<NodeView> nodes) implements PoolReply {}

    record Markets(List<MarketView> markets) implements PoolReply {}

    record Cost(PoolCostView cost) implements PoolReply {}

    record Plan(PlanView plan) implements PoolReply {}

    /** There is no such thing in this pool, or no such pool. */
    record NotFound(String what) implements PoolReply {}

    /** Refused, and nothing changed: which field, which value, and what is allowed. */
    record Rejected(String field, String value, String allowed) implements PoolReply {
        /** The same of a spec that is part of another. */
        public Rejected within(String part) {
            return new Rejected(part + "." + field, value, allowed);
        }
    }
}
