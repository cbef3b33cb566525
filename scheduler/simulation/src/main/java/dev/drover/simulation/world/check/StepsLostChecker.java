package dev.drover.simulation.world.check;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.simulation.world.check.Fact.End;
import dev.drover.simulation.world.check.Fact.Progress;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Steps lost from one generation to the next stay within the guarantee: none where there was time to save (the pool moved the
 * shard, or the cloud gave a notice of at least the margin); else at most one interval, and what ran while the last checkpoint was
 * being published. A training that nobody can reach is judged by how far it was when the store was read: what it publishes after
 * that comes too late. A shard whose checkpoints were damaged is not judged here.
 */
final class StepsLostChecker implements Checker {
    private final Reality reality;
    private final Map<Lease, Last> ended = new HashMap<>();
    private final Map<Lease, Progress> whenRead = new HashMap<>();
    private final Set<Lease> abrupt = new HashSet<>();
    private final Set<ShardId> damaged = new HashSet<>();

    /** How far a training came, and why it ended there. */
    private record Last(Progress progress, Optional<End> how) {}

    StepsLostChecker(Reality reality) {
        this.reality = reality;
    }

    @Override
    public void happened(Instant at, Fact fact, Findings findings) {
        if (fact instanceof Fact.TrainingEnded(var node, Lease lease, Progress progress, End how)) {
            ended.put(lease, new Last(progress, Optional.of(how)));
        } else if (fact instanceof Fact.StoreRead(Lease lease)) {
            reality.progress(lease)
                    .ifPresentOrElse(progress -> whenRead.put(lease, progress), () -> whenRead.remove(lease));
        } else if (fact instanceof Fact.Damaged(CheckpointRef ref)) {
            damaged.add(ref.lease().shard());
        }
    }

    @Override
    public void decided(Turn turn, Findings findings) {
        for (PoolEvent event : turn.decision().events()) {
            if (event instanceof PoolEvent.ShardDetached detached) {
                if (isAbrupt(detached.reason().code(), turn.input())) {
                    abrupt.add(detached.lease());
                }
            } else if (event instanceof PoolEvent.ShardGranted granted) {
                granted(turn.at(), granted, findings);
            } else if (event instanceof PoolEvent.JobArchived archived) {
                ended.keySet().removeIf(lease -> lease.shard().job().equals(archived.job()));
                whenRead.keySet().removeIf(lease -> lease.shard().job().equals(archived.job()));
                abrupt.removeIf(lease -> lease.shard().job().equals(archived.job()));
                damaged.removeIf(shard -> shard.job().equals(archived.job()));
            }
        }
    }

    private void granted(Instant at, PoolEvent.ShardGranted granted, Findings findings) {
        Lease lease = granted.lease();
        if (lease.generation() == 1 || damaged.contains(lease.shard())) {
            return;
        }
        Lease before = new Lease(lease.shard(), lease.generation() - 1);
        Optional<Last> last = reality.progress(before)
                .map(progress -> new Last(progress, Optional.empty()))
                .or(() -> Optional.ofNullable(ended.get(before)))
                .map(known -> new Last(whenRead.getOrDefault(before, known.progress()), known.how()));
        last.ifPresent(known -> judge(at, granted, known, abrupt.contains(before), findings));
        ended.remove(before);
        whenRead.remove(before);
        abrupt.remove(before);
    }

    /**
     * The pool gave the attempt up without being able to ask for a save, or without money to wait for one. {@link SilenceChecker}
     * sees to the silence, {@link BudgetChecker} to the money.
     */
    private static boolean isAbrupt(Code code, Input input) {
        return code == Code.NODE_SILENT
                || code == Code.RESTORE_FAILED
                || (code == Code.BUDGET && input instanceof Input.Tick);
    }

    private void judge(Instant at, PoolEvent.ShardGranted granted, Last last, boolean abrupt, Findings findings) {
        int lost = last.progress().step()
                - granted.resumeFrom().map(CheckpointRef::step).orElse(0);
        boolean hadTime = !abrupt && last.how().map(End::isOrderly).orElse(true);
        int allowed = hadTime ? 0 : last.progress().mostLost();
        if (lost > allowed) {
            findings.report(
                    this,
                    at,
                    "%s loses %d steps, %d are allowed: the training before it %s, %s"
                            .formatted(
                                    granted.lease(),
                                    lost,
                                    allowed,
                                    last.how().map(how -> "ended as " + how).orElse("still runs"),
                                    last.progress()));
        }
    }
}
