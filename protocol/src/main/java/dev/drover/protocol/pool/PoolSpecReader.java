package dev.drover.protocol.pool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.json.DurationText;
import dev.drover.protocol.spec.InvalidSpecException;
import dev.drover.protocol.spec.SpecFields;
import dev.drover.protocol.spec.SpecText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads a pool as operators write it, YAML or JSON, on top of {@link PoolSpec#defaults}. */
public final class PoolSpecReader {
    /** Most nodes of one pool. */
    public static final int MAX_NODES = 10_000;

    /** The clouds that this version can launch on. */
    private static final List<String> PROVIDERS = List.of("local");

    /** A pool looks once a second, and takes what it did not see for over half a lease for its own absence. */
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(3);

    private static final Duration LONGEST = Duration.ofDays(30);

    private PoolSpecReader() {}

    /**
     * Reads a pool that says its own name.
     *
     * @throws InvalidSpecException with every problem found
     */
    public static PoolSpec read(String text) {
        return read(SpecText.parse(text), Optional.empty());
    }

    /**
     * Reads the pool {@code name}; the text may leave its name out, but may not say another.
     *
     * @throws InvalidSpecException with every problem found
     */
    public static PoolSpec read(String text, PoolName name) {
        return read(SpecText.parse(text), Optional.of(name));
    }

    private static PoolSpec read(ObjectNode tree, Optional<PoolName> expected) {
        SpecFields pool = SpecFields.of(tree);
        PoolSpec defaults = PoolSpec.defaults(name(pool, expected));
        CapacityMode mode = pool.choice("mode", defaults.mode());
        PoolSpec spec = new PoolSpec(
                defaults.name(),
                mode,
                provider(pool, defaults.provider()),
                LadderReader.cloudNames(pool, "zones"),
                LadderReader.cloudNames(pool, "instanceTypes"),
                pool.integer("minNodes", defaults.minNodes(), 0, MAX_NODES),
                pool.integer("maxNodes", defaults.maxNodes(), 0, MAX_NODES),
                pool.duration("idleTimeout", defaults.idleTimeout(), Duration.ofSeconds(1), LONGEST),
                pool.flag("agentsPreferWarm", defaults.agentsPreferWarm()),
                lease(pool.object("lease"), defaults.lease()),
                backoff(pool.object("backoff"), defaults.backoff()),
                switchBack(pool.object("switchBack"), defaults.switchBack()),
                BuyingSpecReader.read(pool, mode));
        if (pool.isSound() && spec.minNodes() > spec.maxNodes()) {
            pool.problem("minNodes", String.valueOf(spec.minNodes()), "at most maxNodes (" + spec.maxNodes() + ")");
        }
        pool.finish();
        pool.throwIfAnyProblem();
        return spec;
    }

    private static PoolName name(SpecFields pool, Optional<PoolName> expected) {
        if (expected.isEmpty() && !pool.has("name")) {
            pool.problem("name", "", "the pool's name, as default");
        }
        PoolName name =
                new PoolName(pool.label("name", expected.map(PoolName::value).orElse("default")));
        if (expected.isPresent() && !expected.get().equals(name)) {
            pool.problem("name", name.value(), "'" + expected.get() + "', as in the address, or leave it out");
        }
        return name;
    }

    private static String provider(SpecFields pool, String absent) {
        String provider = pool.label("provider", absent);
        if (!PROVIDERS.contains(provider)) {
            pool.problem("provider", provider, String.join(", ", PROVIDERS));
        }
        return provider;
    }

    private static LeaseSpec lease(SpecFields fields, LeaseSpec defaults) {
        LeaseSpec lease = new LeaseSpec(
                fields.duration("length", defaults.length(), SHORTEST_LEASE, Duration.ofHours(1)),
                fields.duration("heartbeat", defaults.heartbeat(), Duration.ofMillis(100), Duration.ofMinutes(5)),
                fields.duration("runUntil", defaults.runUntil(), Duration.ofSeconds(1), LONGEST),
                fields.duration("noticeMargin", defaults.noticeMargin(), Duration.ZERO, Duration.ofHours(1)));
        if (fields.isSound()) {
            if (lease.heartbeat().multipliedBy(3).compareTo(lease.length()) >= 0) {
                fields.problem(
                        "heartbeat",
                        DurationText.format(lease.heartbeat()),
                        "less than a third of length (" + DurationText.format(lease.length()) + ")");
            }
            if (lease.runUntil().compareTo(lease.length()) < 0) {
                fields.problem(
                        "runUntil",
                        DurationText.format(lease.runUntil()),
                        "at least length (" + DurationText.format(lease.length()) + ")");
            }
        }
        fields.finish();
        return lease;
    }

    private static BackoffSpec backoff(SpecFields fields, BackoffSpec defaults) {
        BackoffSpec backoff = new BackoffSpec(
                fields.duration("first", defaults.first(), Duration.ofMillis(100), Duration.ofHours(1)),
                fields.duration("longest", defaults.longest(), Duration.ofMillis(100), Duration.ofDays(1)));
        if (fields.isSound() && backoff.first().compareTo(backoff.longest()) > 0) {
            fields.problem(
                    "first",
                    DurationText.format(backoff.first()),
                    "at most longest (" + DurationText.format(backoff.longest()) + ")");
        }
        fields.finish();
        return backoff;
    }

    private static SwitchBackSpec switchBack(SpecFields fields, SwitchBackSpec defaults) {
        SwitchBackSpec switchBack = new SwitchBackSpec(
                fields.duration("after", defaults.after(), Duration.ZERO, LONGEST),
                fields.duration("changeover", defaults.changeover(), Duration.ZERO, Duration.ofDays(1)),
                fields.duration("horizon", defaults.horizon(), Duration.ofSeconds(1), LONGEST));
        fields.finish();
        return switchBack;
    }
}
