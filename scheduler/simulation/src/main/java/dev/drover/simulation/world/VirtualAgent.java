package dev.drover.simulation.world;

import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.simulation.world.check.Fact.End;
import dev.drover.simulation.world.check.Fact.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The agent on an instance, as the real one behaves: dials, reports, obeys, goes on by itself while no scheduler answers, and
 * saves before its instance is taken.
 */
final class VirtualAgent {
    private static final Duration LAST_SAVE = Duration.ofSeconds(60);
    private static final int SILENT_HEARTBEATS = 3;
    private static final int NEVER = Integer.MAX_VALUE;

    private final NodeId node;
    private final Ground ground;
    private final VirtualStore store;
    private final Network network;
    private final Chance chance;
    private final Runnable endInstance;
    private final Map<Lease, VirtualShard> shards = new TreeMap<>();
    private final Map<Lease, ShardStatus> refused = new TreeMap<>();
    private final Map<ShardId, Integer> newestOver = new HashMap<>();
    private LeaseSpec lease;
    private Optional<EvictionNotice> notice = Optional.empty();
    private boolean noticedInTime;
    private long noticedMillis;
    private Instant runUntil = Instant.MAX;
    private Instant memberUntil = Instant.MIN;
    private Instant heardAt = Instant.MIN;
    private boolean leaveWhenSaved;
    private boolean connected;
    private boolean up;
    private boolean gone;
    private int life;
    private int connection;
    private long sequence;

    VirtualAgent(NodeId node, Ground ground, VirtualStore store, Network network, Chance chance, Runnable endInstance) {
        this.node = node;
        this.ground = ground;
        this.store = store;
        this.network = network;
        this.chance = chance;
        this.endInstance = endInstance;
        this.lease = ground.setting().tempo().lease();
    }

    // Its life.

    /** Starts the agent's process. */
    void boot() {
        if (gone || up) {
            return;
        }
        up = true;
        life++;
        sequence = 0;
        runUntil = ground.time().now().plus(lease.runUntil());
        later(lease.runUntil(), this::runUntil);
        later(lease.heartbeat(), this::beat);
        dial();
    }

    /** The process dies with its programs, and starts again. */
    void restart() {
        if (!up) {
            return;
        }
        ground.count("agent restarted");
        hangUp();
        shards.values().forEach(shard -> shard.die(End.AGENT_DIED));
        shards.clear();
        refused.clear();
        newestOver.clear();
        up = false;
        life++;
        ground.time().after(chance.about(ground.setting().tempo().units(5)), this::boot);
    }

    /** The instance is gone, and everything on it. */
    void die(VirtualCloud.Ended by) {
        shards.values().forEach(shard -> shard.die(how(by, shard)));
        shards.clear();
        hangUp();
        gone = true;
        up = false;
        life++;
    }

    private End how(VirtualCloud.Ended by, VirtualShard shard) {
        return switch (by) {
            case ORDERED -> End.ORDERED;
            case LEFT -> End.AGENT_LEFT;
            case TAKEN -> {
                boolean asTold = notice.filter(told -> !ground.time().now().isBefore(told.endsAt()))
                        .isPresent();
                yield asTold && !isHurried(shard) && !shard.storeFailedAtTheEnd() ? End.TAKEN_WITH_NOTICE : End.TAKEN;
            }
        };
    }

    /** Whether the cloud gave it less time than its margin, from the notice or from its beginning on. */
    boolean isHurried(VirtualShard shard) {
        return notice.isPresent() && (!noticedInTime || shard.sinceMillis() >= noticedMillis);
    }

    NodeId node() {
        return node;
    }

    boolean isUp() {
        return up;
    }

    Optional<Progress> progress(Lease wanted) {
        return Optional.ofNullable(shards.get(wanted))
                .filter(VirtualShard::trains)
                .map(VirtualShard::progress);
    }

    // The connection.

    boolean isConnected() {
        return connected;
    }

    /** The connection breaks; the other side may not have noticed. */
    void hangUp() {
        if (connected) {
            connected = false;
            network.toController(node, connection, new Input.AgentDisconnected(node, incarnation()));
            redial();
        }
    }

    private void dial() {
        if (connected || !up) {
            return;
        }
        if (!network.isReachable(node)) {
            redial();
            return;
        }
        connected = true;
        heardAt = ground.time().now();
        connection++;
        network.hello(node, connection, incarnation());
        changed();
    }

    private void redial() {
        Duration pause = ground.setting().tempo().tick();
        later(chance.between(pause, pause.multipliedBy(2)), this::dial);
    }

    private void beat() {
        if (connected && hearsNothing()) {
            hangUp();
        }
        changed();
        later(lease.heartbeat(), this::beat);
    }

    private boolean hearsNothing() {
        long silentMillis = Duration.between(heardAt, ground.time().now()).toMillis();
        return silentMillis > SILENT_HEARTBEATS * lease.heartbeat().toMillis();
    }

    /** Reports how everything stands. */
    void changed() {
        if (connected && up) {
            sequence++;
            List<ShardStatus> statuses = new ArrayList<>(shards.size() + refused.size());
            shards.values().forEach(shard -> statuses.add(shard.status()));
            statuses.addAll(refused.values());
            network.toController(
                    node,
                    connection,
                    new Input.StatusReported(
                            new AgentReport.Status(node, incarnation(), sequence, notice.orElse(null), statuses)));
        }
        leaveWhenDone();
    }

    private String incarnation() {
        return node + "-" + life;
    }

    // Orders.

    void obey(AgentCommand command) {
        heardAt = ground.time().now();
        switch (command) {
            case AgentCommand.Heard ignored -> {}
            case AgentCommand.Welcome welcome -> {
                lease = welcome.lease();
                memberUntil = ground.time().now().plus(lease.length());
                runUntil = welcome.runUntil();
            }
            case AgentCommand.Refuse ignored -> {
                ground.count("agent refused");
                endInstance.run();
            }
            case AgentCommand.Prepare prepare -> {
                if (!isOver(prepare.lease()) && !shards.containsKey(prepare.lease())) {
                    VirtualShard shard = new VirtualShard(this, ground, prepare.lease(), prepare.task());
                    shards.put(prepare.lease(), shard);
                    shard.prepare();
                }
            }
            case AgentCommand.Run run -> run(run);
            case AgentCommand.HandOff handOff ->
                Optional.ofNullable(shards.get(handOff.lease())).ifPresent(shard -> shard.handOff(handOff.deadline()));
            case AgentCommand.Release release -> release(release.lease());
            case AgentCommand.Drill drill -> notice(ground.time().now().plus(drill.notice()));
        }
    }

    private void run(AgentCommand.Run run) {
        if (isOver(run.lease())) {
            return;
        }
        active().stream()
                .map(VirtualShard::lease)
                .filter(held -> held.shard().equals(run.lease().shard()))
                .filter(held -> held.generation() < run.lease().generation())
                .forEach(this::release);
        VirtualShard shard = shards.get(run.lease());
        if (shard == null) {
            shard = new VirtualShard(this, ground, run.lease(), run.task());
            shards.put(run.lease(), shard);
        } else if (!shard.isWaiting()) {
            return;
        }
        shard.run(Optional.ofNullable(run.resumeFrom()));
    }

    /** What is over has no effect, but an answer. */
    private boolean isOver(Lease ordered) {
        boolean over = ordered.generation() <= newestOver.getOrDefault(ordered.shard(), 0);
        if (over && !shards.containsKey(ordered) && !refused.containsKey(ordered)) {
            refused.put(ordered, new ShardStatus(ordered, Phase.STOPPED, 0, null, null, "let go before", null, 0, 0));
            changed();
        }
        return over;
    }

    private void release(Lease released) {
        newestOver.merge(released.shard(), released.generation(), Math::max);
        boolean stood = refused.remove(released) != null;
        VirtualShard shard = shards.remove(released);
        if (shard != null) {
            shard.die(End.RELEASED);
        }
        if (stood || shard != null) {
            changed();
        }
    }

    // The end, announced.

    /** The first notice counts, and any that ends sooner. */
    void notice(Instant endsAt) {
        if (!up || notice.filter(known -> !endsAt.isBefore(known.endsAt())).isPresent()) {
            return;
        }
        notice = Optional.of(new EvictionNotice(EvictionNotice.Source.AWS_METADATA, endsAt));
        noticedMillis = ground.time().millis();
        Duration left = Duration.between(ground.time().now(), endsAt);
        Collection<VirtualShard> active = active();
        Duration needed = needed(active);
        boolean measured = active.stream().allMatch(shard -> shard.status().saveMillis() > 0);
        Duration margin = measured ? needed : lease.noticeMargin();
        noticedInTime = left.compareTo(needed) >= 0 && margin.compareTo(needed) >= 0 && left.compareTo(margin) >= 0;
        Duration kept = margin.compareTo(left) < 0 ? margin : left;
        later(left.minus(kept), () -> saveAll(endsAt));
        changed();
    }

    /** Twice the save and upload of all shards at once, and the longest step. */
    private static Duration needed(Collection<VirtualShard> active) {
        Duration saves =
                active.stream().map(shard -> shard.training().publish()).reduce(Duration.ZERO, Duration::plus);
        Duration step = active.stream()
                .map(shard -> shard.training().step())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        return saves.multipliedBy(2).plus(step);
    }

    private void runUntil() {
        Instant now = ground.time().now();
        if (now.isBefore(runUntil)) {
            later(Duration.between(now, runUntil), this::runUntil);
            return;
        }
        ground.count("agent left after runUntil");
        leaveWhenSaved = true;
        saveAll(now.plus(LAST_SAVE));
        later(LAST_SAVE, endInstance);
        leaveWhenDone();
    }

    private void saveAll(Instant deadline) {
        active().forEach(shard -> shard.handOff(deadline));
    }

    private Collection<VirtualShard> active() {
        return shards.values().stream().filter(shard -> !shard.isFinal()).toList();
    }

    private void leaveWhenDone() {
        if (leaveWhenSaved && active().isEmpty()) {
            leaveWhenSaved = false;
            later(Duration.ofMillis(150), endInstance);
        }
    }

    // What its shards ask of it.

    boolean reachesStore() {
        return store.isReachable(node);
    }

    Optional<String> flaw(CheckpointRef ref) {
        return store.flaw(ref, node);
    }

    void publish(CheckpointRef ref, int kept) {
        store.publish(ref);
        if (kept != NEVER && ground.time().now().isBefore(memberUntil)) {
            store.prune(ref.lease(), kept);
        }
    }

    Duration startTime() {
        Duration start = ground.setting().tempo().start();
        return chance.between(start.dividedBy(2), start.multipliedBy(2));
    }

    /** After which step the program fails by itself; far away where it does not. */
    int failsAt(int from, int steps) {
        boolean fails = !ground.isHealed() && chance.happens(ground.setting().wildness() / 12);
        return fails && from + 1 < steps ? from + 1 + chance.upTo(steps - from - 1) : NEVER;
    }

    private void later(Duration wait, Runnable what) {
        int now = life;
        ground.time().after(wait, () -> {
            if (life == now && !gone) {
                what.run();
            }
        });
    }
}
