package dev.drover.simulation.trace;

/**
 * What a job cost.
 *
 * @param launches of instances, spot and on demand
 * @param missed whether it was not done by its deadline
 * @param spotHours that were paid for
 * @param onDemandHours that were paid for
 */
public record Outcome(double cost, int launches, boolean missed, double spotHours, double onDemandHours) {}
