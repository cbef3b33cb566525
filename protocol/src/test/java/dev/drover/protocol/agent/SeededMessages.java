package dev.drover.protocol.agent;

import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.shard.StepRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Messages of every kind from a seed: the same seed, the same messages. */
final class SeededMessages {
    private final Random random;

    SeededMessages(long seed) {
        this.random = new Random(seed);
    }

    /** One report of each kind. */
    List<AgentReport> reports() {
        return List.of(
                new AgentReport.Hello(
                        node(), new PoolName("p" + random.nextInt(1000)), text(), text(), text(), random.nextBoolean()),
                new AgentReport.Status(
                        node(),
                        text(),
                        random.nextLong(Long.MAX_VALUE),
                        maybe(this::notice),
                        maybe(this::instant),
                        list(this::shard)),
                new AgentReport.Telemetry(lease(), list(this::step)));
    }

    /** One command of each kind. */
    List<AgentCommand> commands() {
        return List.of(
                new AgentCommand.Welcome(
                        new LeaseSpec(duration(), duration(), duration(), duration()), random.nextBoolean(), instant()),
                new AgentCommand.Refuse(text()),
                new AgentCommand.Prepare(lease(), task()),
                new AgentCommand.Run(lease(), task(), maybe(this::checkpoint)),
                new AgentCommand.HandOff(lease(), maybe(this::target), instant()),
                new AgentCommand.Release(lease(), text()),
                new AgentCommand.Drill(duration()),
                new AgentCommand.Heard());
    }

    private NodeId node() {
        return new NodeId("n" + random.nextInt(1000));
    }

    private Lease lease() {
        return new Lease(
                new ShardId(new JobId("job-" + random.nextInt(1000)), random.nextInt(64)), 1 + random.nextInt(1 << 20));
    }

    private ShardTask task() {
        return new ShardTask(
                random.nextInt(),
                random.nextInt(100),
                random.nextInt(10),
                maybe(() -> list(this::text)),
                "{\"text\":\"" + text() + "\"}");
    }

    private ShardStatus shard() {
        ShardStatus.Phase[] phases = ShardStatus.Phase.values();
        return new ShardStatus(
                lease(),
                phases[random.nextInt(phases.length)],
                random.nextInt(),
                maybe(this::checkpoint),
                maybe(this::target),
                maybe(this::text),
                maybe(this::checkpoint),
                random.nextDouble(),
                random.nextGaussian());
    }

    private StepRecord step() {
        return new StepRecord(
                random.nextInt(),
                random.nextFloat(),
                random.nextDouble(),
                random.nextBoolean() ? random.nextDouble() : Double.NaN,
                random.nextLong(),
                random.nextDouble(),
                random.nextDouble(),
                maybe(random::nextFloat),
                random.nextLong());
    }

    private CheckpointRef checkpoint() {
        return new CheckpointRef(lease(), random.nextInt(1 << 20), text());
    }

    private HandoffTarget target() {
        return new HandoffTarget("http://127.0.0.1:" + random.nextInt(65536), text());
    }

    private EvictionNotice notice() {
        EvictionNotice.Source[] sources = EvictionNotice.Source.values();
        return new EvictionNotice(sources[random.nextInt(sources.length)], instant());
    }

    private Instant instant() {
        return Instant.ofEpochSecond(random.nextLong(1L << 33), random.nextInt(1_000_000_000));
    }

    private Duration duration() {
        return Duration.ofSeconds(random.nextLong(1L << 20), random.nextInt(1_000_000_000));
    }

    private String text() {
        return random.ints(random.nextInt(24), 0x20, 0x2fff)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private <T> List<T> list(Supplier<T> item) {
        return Stream.generate(item).limit(random.nextInt(5)).toList();
    }

    private <T> @Nullable T maybe(Supplier<T> item) {
        return random.nextBoolean() ? item.get() : null;
    }
}
