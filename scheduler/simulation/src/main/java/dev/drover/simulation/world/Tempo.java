package dev.drover.simulation.world;

import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;

/**
 * How fast a world lives. The same things happen in each, at other intervals: what hides between two heartbeats of one shows
 * in another.
 *
 * @param unit how often something goes wrong, about; jobs take some hundred units
 * @param tick how often the pool looks after itself
 * @param look how often the provider is asked for prices and instances
 * @param launch how long the provider takes to give an instance, about
 * @param boot how long until its agent is up, about
 * @param start how long a program takes to be ready, about
 * @param step how long a step takes, about
 * @param notice the notices that the cloud gives
 */
record Tempo(
        Duration unit,
        LeaseSpec lease,
        Duration tick,
        Duration look,
        Duration launch,
        Duration boot,
        Duration start,
        Duration step,
        Duration notice) {
    /** As one machine with the local cloud: heartbeats of a second. */
    static final Tempo BRISK = new Tempo(
            Duration.ofSeconds(1),
            LeaseSpec.DEFAULT,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(2),
            Duration.ofMillis(700),
            Duration.ofSeconds(30));

    /** As a cluster on a cloud: heartbeats of some seconds, instances that take a minute or two. */
    static final Tempo STEADY = new Tempo(
            Duration.ofSeconds(20),
            new LeaseSpec(Duration.ofMinutes(1), Duration.ofSeconds(15), Duration.ofHours(1), Duration.ofSeconds(30)),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            Duration.ofSeconds(15),
            Duration.ofSeconds(5),
            Duration.ofMinutes(2));

    /** The longest heartbeats that a pool may have, and a lease of four. */
    static final Tempo SLOW = new Tempo(
            Duration.ofMinutes(4),
            new LeaseSpec(Duration.ofMinutes(20), Duration.ofMinutes(5), Duration.ofHours(3), Duration.ofMinutes(1)),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(90),
            Duration.ofSeconds(45),
            Duration.ofSeconds(20),
            Duration.ofMinutes(5));

    /** As {@link #SLOW}, and a look at the clock and at the provider only as often as a heartbeat. */
    static final Tempo LONG = new Tempo(
            SLOW.unit,
            SLOW.lease,
            SLOW.lease.heartbeat(),
            SLOW.lease.heartbeat(),
            SLOW.launch,
            SLOW.boot,
            SLOW.start,
            SLOW.step,
            SLOW.notice);

    Duration units(double count) {
        return Duration.ofMillis((long) (unit.toMillis() * count));
    }
}
