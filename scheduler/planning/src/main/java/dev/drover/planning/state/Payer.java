package dev.drover.planning.state;

import dev.drover.protocol.id.JobId;

/** Who pays for what runs, and may have a budget for it. A job's part of a node is paid by all three. */
public sealed interface Payer {
    record OfJob(JobId job) implements Payer {}

    /** All jobs of one owner, also those that have long been archived. */
    record OfOwner(String owner) implements Payer {}

    /** Everything: what the jobs pay, and idle slots. */
    record OfPool() implements Payer {}
}
