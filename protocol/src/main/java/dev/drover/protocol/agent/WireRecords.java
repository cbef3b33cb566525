package dev.drover.protocol.agent;

import static dev.drover.protocol.agent.WireFields.delimited;
import static dev.drover.protocol.agent.WireFields.duration;
import static dev.drover.protocol.agent.WireFields.instant;
import static dev.drover.protocol.agent.WireFields.list;
import static dev.drover.protocol.agent.WireFields.name;
import static dev.drover.protocol.agent.WireFields.optional;
import static dev.drover.protocol.agent.WireFields.text;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.shard.StepRecord;

/** The records inside messages, field by field in the order of their declaration. A new field comes last, in frames too. */
final class WireRecords {
    private WireRecords() {}

    static void lease(Output out, Lease lease) {
        text(out, lease.toString());
    }

    static Lease lease(Input in) {
        return Lease.parse(text(in));
    }

    static void leaseSpec(Output out, LeaseSpec spec) {
        delimited(out, () -> {
            duration(out, spec.length());
            duration(out, spec.heartbeat());
            duration(out, spec.runUntil());
            duration(out, spec.noticeMargin());
        });
    }

    static LeaseSpec leaseSpec(Input in) {
        return delimited(in, () -> new LeaseSpec(duration(in), duration(in), duration(in), duration(in)));
    }

    static void checkpoint(Output out, CheckpointRef ref) {
        delimited(out, () -> {
            lease(out, ref.lease());
            out.writeVarInt(ref.step(), true);
            text(out, ref.manifestDigest());
        });
    }

    static CheckpointRef checkpoint(Input in) {
        return delimited(in, () -> new CheckpointRef(lease(in), in.readVarInt(true), text(in)));
    }

    static void target(Output out, HandoffTarget target) {
        delimited(out, () -> {
            text(out, target.url());
            text(out, target.token());
        });
    }

    static HandoffTarget target(Input in) {
        return delimited(in, () -> new HandoffTarget(text(in), text(in)));
    }

    static void notice(Output out, EvictionNotice notice) {
        delimited(out, () -> {
            name(out, notice.source());
            instant(out, notice.endsAt());
        });
    }

    static EvictionNotice notice(Input in) {
        return delimited(in, () -> new EvictionNotice(name(in, EvictionNotice.Source.class), instant(in)));
    }

    static void status(Output out, AgentReport.Status status) {
        text(out, status.node().value());
        text(out, status.incarnation());
        out.writeVarLong(status.sequence(), true);
        optional(out, status.notice(), WireRecords::notice);
        optional(out, status.rebalanceSince(), WireFields::instant);
        list(out, status.shards(), WireRecords::shard);
    }

    static AgentReport.Status status(Input in) {
        return new AgentReport.Status(
                new NodeId(text(in)),
                text(in),
                in.readVarLong(true),
                optional(in, WireRecords::notice),
                optional(in, WireFields::instant),
                list(in, WireRecords::shard));
    }

    static void task(Output out, ShardTask task) {
        delimited(out, () -> {
            out.writeVarInt(task.shards(), true);
            out.writeVarInt(task.checkpointEvery(), true);
            out.writeVarInt(task.checkpointsKept(), true);
            optional(out, task.command(), (to, command) -> list(to, command, WireFields::text));
            text(out, task.specJson());
        });
    }

    static ShardTask task(Input in) {
        return delimited(
                in,
                () -> new ShardTask(
                        in.readVarInt(true),
                        in.readVarInt(true),
                        in.readVarInt(true),
                        optional(in, from -> list(from, WireFields::text)),
                        text(in)));
    }

    static void shard(Output out, ShardStatus status) {
        delimited(out, () -> {
            lease(out, status.lease());
            name(out, status.phase());
            out.writeVarInt(status.step(), true);
            optional(out, status.checkpoint(), WireRecords::checkpoint);
            optional(out, status.target(), WireRecords::target);
            optional(out, status.reason(), WireFields::text);
            optional(out, status.badCheckpoint(), WireRecords::checkpoint);
            out.writeDouble(status.saveMillis());
            out.writeDouble(status.stepMillis());
        });
    }

    static ShardStatus shard(Input in) {
        return delimited(
                in,
                () -> new ShardStatus(
                        lease(in),
                        name(in, ShardStatus.Phase.class),
                        in.readVarInt(true),
                        optional(in, WireRecords::checkpoint),
                        optional(in, WireRecords::target),
                        optional(in, WireFields::text),
                        optional(in, WireRecords::checkpoint),
                        in.readDouble(),
                        in.readDouble()));
    }

    static void step(Output out, StepRecord step) {
        delimited(out, () -> {
            out.writeVarInt(step.step(), true);
            out.writeFloat(step.loss());
            out.writeDouble(step.learningRate());
            out.writeDouble(step.gradientNorm());
            out.writeVarLong(step.samples(), true);
            out.writeDouble(step.tokensPerSecond());
            out.writeDouble(step.pauseMillis());
            optional(out, step.evalLoss(), (to, loss) -> to.writeFloat(loss));
            out.writeLong(step.epochMillis());
        });
    }

    static StepRecord step(Input in) {
        return delimited(
                in,
                () -> new StepRecord(
                        in.readVarInt(true),
                        in.readFloat(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readVarLong(true),
                        in.readDouble(),
                        in.readDouble(),
                        optional(in, Input::readFloat),
                        in.readLong()));
    }
}
