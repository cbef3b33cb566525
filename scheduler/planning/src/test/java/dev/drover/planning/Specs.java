package dev.drover.planning;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.CheckpointSpec;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.SwitchBackSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the tests are about: a pool "p" on two zones with one type, and jobs of CPU shards. */
final class Specs {
    static final Market SPOT_A = new Market("local", "r", "a", "m1", CapacityType.SPOT);
    static final Market SPOT_B = new Market("local", "r", "b", "m1", CapacityType.SPOT);
    static final Market DEMAND_A = SPOT_A.as(CapacityType.ON_DEMAND);
    static final Market DEMAND_B = SPOT_B.as(CapacityType.ON_DEMAND);
    static final JobId JOB = new JobId("j");
    static final ShardId SHARD = new ShardId(JOB, 0);

    private Specs() {}

    static NodeId node(int number) {
        return new NodeId("p-n" + number);
    }

    static PoolSpec pool() {
        return PoolSpec.defaults(new PoolName("p"));
    }

    static PoolSpec pool(CapacityMode mode, int min, int max) {
        PoolSpec spec = pool();
        return new PoolSpec(
                spec.name(),
                mode,
                spec.provider(),
                spec.zones(),
                spec.instanceTypes(),
                min,
                max,
                spec.idleTimeout(),
                spec.agentsPreferWarm(),
                spec.lease(),
                spec.backoff(),
                spec.switchBack(),
                spec.buying());
    }

    static PoolSpec preempting(PoolSpec spec, boolean preemption) {
        BuyingSpec buying = spec.buying();
        return pool(
                spec,
                spec.switchBack(),
                new BuyingSpec(
                        buying.policy(),
                        buying.ladder(),
                        buying.fallbackAfter(),
                        buying.rebalance(),
                        preemption,
                        buying.budget(),
                        buying.ownerBudgets(),
                        buying.protectedTime()));
    }

    /** With these budgets in USD; empty means none. */
    static PoolSpec budgeted(PoolSpec spec, String budget, Map<String, String> ownerBudgets) {
        BuyingSpec buying = spec.buying();
        Map<String, Money> owners = new TreeMap<>();
        ownerBudgets.forEach((owner, usd) -> owners.put(owner, Money.usd(usd)));
        return pool(
                spec,
                spec.switchBack(),
                new BuyingSpec(
                        buying.policy(),
                        buying.ladder(),
                        buying.fallbackAfter(),
                        buying.rebalance(),
                        buying.preemption(),
                        budget.isEmpty() ? Optional.empty() : Optional.of(Money.usd(budget)),
                        owners,
                        buying.protectedTime()));
    }

    static PoolSpec pool(PoolSpec spec, SwitchBackSpec switchBack, BuyingSpec buying) {
        return new PoolSpec(
                spec.name(),
                spec.mode(),
                spec.provider(),
                spec.zones(),
                spec.instanceTypes(),
                spec.minNodes(),
                spec.maxNodes(),
                spec.idleTimeout(),
                spec.agentsPreferWarm(),
                spec.lease(),
                spec.backoff(),
                switchBack,
                buying);
    }

    static Resources cpus(int count) {
        return new Resources("cpu", count, new ByteSize(0));
    }

    static Resources machine(int cpus) {
        return new Resources("cpu", cpus, ByteSize.ofMiB(1024L * cpus));
    }

    static Offer offer(Market market, String usdPerHour, int cpus) {
        return new Offer(market, Money.usd(usdPerHour), machine(cpus));
    }

    /** Spot at 0.36 (a) and 0.72 (b) an hour, on demand at 3.60: a hundredth, two and ten of a cent a second. */
    static List<Offer> offers(int cpus) {
        return List.of(
                offer(SPOT_A, "0.36", cpus),
                offer(SPOT_B, "0.72", cpus),
                offer(DEMAND_A, "3.60", cpus),
                offer(DEMAND_B, "3.60", cpus));
    }

    /** With these fields of YAML that say when, on what and at what cost it runs. */
    static JobSpec buying(JobSpec spec, String fields) {
        SchedulingSpec scheduling = JobSpecReader.read("{name: j, pool: p, command: [x], " + fields + "}")
                .scheduling();
        return new JobSpec(
                spec.name(),
                spec.pool(),
                spec.shards(),
                spec.resources(),
                spec.program(),
                spec.checkpoint(),
                spec.retries(),
                scheduling);
    }

    static JobSpec job(int shards, int retries) {
        return job(shards, 1, retries);
    }

    static JobSpec job(int shards, int cpus, int retries) {
        return job(shards, cpus(cpus), retries);
    }

    static JobSpec job(int shards, Resources resources, int retries) {
        return job(shards, resources, retries, SchedulingSpec.DEFAULT);
    }

    static JobSpec job(int shards, Resources resources, int retries, SchedulingSpec scheduling) {
        return new JobSpec(
                "job",
                new PoolName("p"),
                shards,
                resources,
                new ProgramSpec.Command(List.of("train"), JsonNodeFactory.instance.objectNode()),
                new CheckpointSpec(10, 3),
                retries,
                scheduling);
    }

    static SchedulingSpec scheduled(int priority, boolean gang, JobId... after) {
        return new SchedulingSpec(
                priority, List.of(after), gang, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }
}
