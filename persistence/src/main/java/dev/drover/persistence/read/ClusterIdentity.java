package dev.drover.persistence.read;

/**
 * Which cluster a database belongs to. A cluster is its database: what it launched is known there and nowhere else.
 *
 * @param name what its operator calls it
 * @param ownershipTag carried by every instance that it launches, and by no other cluster's, though both have the same name
 */
public record ClusterIdentity(String name, String ownershipTag) {}
