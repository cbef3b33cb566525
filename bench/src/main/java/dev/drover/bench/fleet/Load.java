package dev.drover.bench.fleet;

import dev.drover.dist.trial.ClusterTrial;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What the processes of a fleet used over some time, in percent of one core, and have in memory at its end.
 *
 * @param schedulers each
 * @param busiest which of them used most: the one that looks after the pool
 * @param agents all agents together, with their hosts and programs
 */
record Load(
        List<Double> schedulers,
        int busiest,
        double agents,
        double cloud,
        double postgres,
        List<Double> schedulerMiB,
        double agentsMiB) {
    private static final double PERCENT = 100;

    /** A moment's counters. */
    private record Counters(long nanos, List<Double> schedulers, double agents, double cloud, double postgres) {}

    /** Measures for that long. */
    static Load over(Fleet fleet, int seconds) throws IOException, InterruptedException, SQLException {
        Counters before = count(fleet);
        TimeUnit.SECONDS.sleep(seconds);
        Counters after = count(fleet);
        double scale = PERCENT * 1e9 / (after.nanos() - before.nanos());
        List<Double> schedulers = IntStream.range(0, fleet.cluster().size())
                .mapToObj(i -> (after.schedulers().get(i) - before.schedulers().get(i)) * scale)
                .toList();
        double agentsMiB = 0;
        for (int i = 0; i < fleet.hosts().count(); i++) {
            agentsMiB += fleet.hosts().family(i).residentMiB();
        }
        List<Double> schedulerMiB = new ArrayList<>();
        for (int i = 0; i < fleet.cluster().size(); i++) {
            schedulerMiB.add(fleet.scheduler(i).residentMiB());
        }
        return new Load(
                schedulers,
                IntStream.range(0, schedulers.size())
                        .reduce((one, other) -> schedulers.get(one) >= schedulers.get(other) ? one : other)
                        .orElseThrow(),
                (after.agents() - before.agents()) * scale,
                (after.cloud() - before.cloud()) * scale,
                (after.postgres() - before.postgres()) * scale,
                schedulerMiB,
                agentsMiB);
    }

    private static Counters count(Fleet fleet) throws IOException, SQLException {
        ClusterTrial cluster = fleet.cluster();
        List<Double> schedulers = new ArrayList<>();
        for (int i = 0; i < cluster.size(); i++) {
            schedulers.add(fleet.scheduler(i).cpuSeconds());
        }
        double agents = 0;
        for (int i = 0; i < fleet.hosts().count(); i++) {
            agents += fleet.hosts().family(i).cpuSeconds();
        }
        return new Counters(
                System.nanoTime(),
                schedulers,
                agents,
                fleet.cloudFamily().cpuSeconds(),
                fleet.postgresFamily().cpuSeconds());
    }

    /** Of the scheduler that looks after the pool. */
    double holder() {
        return schedulers.get(busiest);
    }

    /** The mean of the others. */
    double others() {
        return IntStream.range(0, schedulers.size())
                .filter(i -> i != busiest)
                .mapToDouble(schedulers::get)
                .average()
                .orElse(0);
    }
}
