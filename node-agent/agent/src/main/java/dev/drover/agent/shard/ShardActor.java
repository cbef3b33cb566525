package dev.drover.agent.shard;

import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ToShard;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * One lease on this node, from its first order until it is released.
 *
 * <p>Orders may come twice or late: each takes effect once. Training never waits for the store or for a scheduler. When the
 * actor stops, its process is killed and its files are gone.
 */
public final class ShardActor extends AbstractBehavior<ShardCommand> {
    private final Lease lease;
    private final ShardSetup setup;
    private final ShardLimits limits;
    private final ShardExecutor effects;
    private final Publications publications;
    private final TimerScheduler<ShardCommand> timers;
    private final ShardView view;
    private final Ending ending = new Ending();

    private Optional<ShardTask> task = Optional.empty();
    private Optional<ShardCommand.Restored> restored = Optional.empty();
    private boolean ready;
    private boolean prepared;
    private boolean listening;
    private boolean started;

    private ShardActor(
            ActorContext<ShardCommand> context, TimerScheduler<ShardCommand> timers, Lease lease, ShardSetup setup) {
        super(context);
        this.timers = timers;
        this.lease = lease;
        this.setup = setup;
        this.limits = setup.limits();
        this.effects = new ShardExecutor(lease, setup, context.getSystem(), context.getSelf());
        this.view = new ShardView(lease, Phase.STARTING);
        this.publications = new Publications(effects, view);
        timers.startTimerWithFixedDelay(ShardCommand.Tick.SHIP_LOG, limits.shipLog());
    }

    /** The actor of {@code lease}; it does nothing before its first order. */
    public static Behavior<ShardCommand> create(Lease lease, ShardSetup setup) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new ShardActor(context, timers, lease, setup)));
    }

    @Override
    public Receive<ShardCommand> createReceive() {
        return newReceiveBuilder()
                .onMessage(ShardCommand.class, this::onCommand)
                .onSignal(PostStop.class, this::onStopped)
                .build();
    }

    private Behavior<ShardCommand> onCommand(ShardCommand command) {
        switch (command) {
            case ShardCommand.Prepare order -> prepare(order.task());
            case ShardCommand.Run order -> run(order);
            case ShardCommand.HandOff order -> handOff(order);
            case ShardCommand.Release order -> {
                return release(order.reason());
            }
            case ShardCommand.Taken taken -> taken(taken.process());
            case ShardCommand.NotTaken not -> fail(not.reason());
            case ShardCommand.TakeTroubled trouble -> takeTroubled(trouble.reason());
            case ShardCommand.FromProcess(ProcessEvent.Said(var message)) -> said(message);
            case ShardCommand.FromProcess(ProcessEvent.Ended(var evidence)) -> processEnded(evidence);
            case ShardCommand.Listening open -> listening(open);
            case ShardCommand.Restored at -> restored(at);
            case ShardCommand.RestoreFailed failed -> restoreFailed(failed);
            case ShardCommand.RestoreTroubled trouble -> restoreTroubled(trouble);
            case ShardCommand.RestoreAgain again -> {
                if (view.phase() == Phase.STARTING) {
                    troubleIsOver();
                    effects.restore(again.ref());
                }
            }
            case ShardCommand.Published done -> published(done);
            case ShardCommand.NotPublished not -> notPublished(not);
            case ShardCommand.Cleaned ignored -> {}
            case ShardCommand.Tick tick -> tick(tick);
        }
        return this;
    }

    private Behavior<ShardCommand> onStopped(PostStop ignored) {
        effects.end();
        return this;
    }

    private void prepare(ShardTask what) {
        if (task.isEmpty()) {
            task = Optional.of(what);
            enter(Phase.PREPARING);
            effects.take(what);
            effects.listen();
        }
    }

    private void run(ShardCommand.Run order) {
        if (task.isPresent() && view.phase() != Phase.PREPARING && view.phase() != Phase.PREPARED) {
            return;
        }
        if (task.isEmpty()) {
            effects.take(order.task());
        }
        task = Optional.of(order.task());
        view.enter(Phase.STARTING);
        changed(false);
        order.resumeFrom()
                .ifPresentOrElse(
                        ref -> {
                            view.resumedFrom(ref);
                            publications.resumedAt(ref.step());
                            effects.restore(ref);
                        },
                        () -> restored = Optional.of(new ShardCommand.Restored(Optional.empty())));
        advance();
    }

    private void listening(ShardCommand.Listening open) {
        listening = true;
        effects.own(open.endpoint());
        if (view.phase() != Phase.PREPARING) {
            effects.closeEndpoint();
        }
        advance();
    }

    private void restored(ShardCommand.Restored at) {
        if (view.phase() == Phase.STARTING) {
            restored = Optional.of(at);
            effects.closeEndpoint();
            advance();
        }
    }

    private void taken(RunningProgram taken) {
        effects.own(taken);
        if (view.isFinal()) {
            effects.kill();
            return;
        }
        troubleIsOver();
        timers.startSingleTimer(ShardCommand.Tick.READY_BOUND, limits.ready());
        taken.listen(event -> getContext().getSelf().tell(new ShardCommand.FromProcess(event)));
    }

    /** The node, not the program, is at fault: that must not count against the job. */
    private void takeTroubled(String reason) {
        if (!view.isFinal()) {
            view.trouble(reason);
            effects.log().line(reason);
            timers.startSingleTimer(ShardCommand.Tick.TAKE_AGAIN, limits.retry());
            changed(true);
        }
    }

    /** Goes on as far as what happened so far allows. */
    private void advance() {
        boolean readyToTake = ready && prepared && listening;
        if (view.phase() == Phase.PREPARING && readyToTake) {
            effects.target().ifPresent(view::target);
            enter(Phase.PREPARED);
        }
        if (view.phase() == Phase.STARTING && ready && restored.isPresent() && !started) {
            started = true;
            String from = restored.get().directory().map(Path::toString).orElse(null);
            effects.send(new ToShard.Start(effects.assignment(task.orElseThrow()), from));
        }
    }

    private void handOff(ShardCommand.HandOff order) {
        if (view.isFinal() || view.phase() == Phase.STOPPING) {
            return;
        }
        if (!started) {
            finish(Phase.STOPPED);
            return;
        }
        publications.handOff(order);
        enter(Phase.STOPPING);
        effects.send(new ToShard.Stop(order.deadline().toEpochMilli()));
        timers.startSingleTimer(
                ShardCommand.Tick.STOP_DEADLINE,
                Timers.until(order.deadline(), setup.environment().clock().instant()));
    }

    private Behavior<ShardCommand> release(String reason) {
        timers.cancelAll();
        if (!view.isFinal()) {
            effects.log().line("is released: " + reason);
        }
        effects.end();
        effects.clean();
        return ReleasedShard.create(lease, setup.node());
    }

    private void said(FromShard message) {
        switch (message) {
            case FromShard.Ready hello -> ready(hello);
            case FromShard.Prepared ignored -> {
                prepared = true;
                advance();
            }
            case FromShard.Step step -> stepped(step);
            case FromShard.Saved saved -> {
                if (!publications.saved(saved)) {
                    changed(true);
                }
            }
            case FromShard.SaveFailed failed -> {
                publications.trouble("the program can't save step " + failed.step() + ": " + failed.reason());
                changed(true);
            }
            case FromShard.Stopped stopped -> stopped(stopped.step());
            case FromShard.Done done -> over(Phase.DONE, done.step(), Optional.empty());
            case FromShard.Failed failed -> {
                effects.log().line("failed: " + failed.reason() + "\n" + failed.detail());
                fail(failed.reason());
            }
        }
    }

    private void ready(FromShard.Ready hello) {
        ready = true;
        timers.cancel(ShardCommand.Tick.READY_BOUND);
        effects.log().line("program " + hello.program() + " " + hello.version() + " is ready");
        if (view.phase() == Phase.PREPARING) {
            effects.send(new ToShard.Prepare(effects.assignment(task.orElseThrow())));
            timers.startSingleTimer(ShardCommand.Tick.PREPARE_BOUND, limits.prepare());
        }
        advance();
    }

    private void stepped(FromShard.Step step) {
        publications.stepped(step.record());
        view.stepped(step.record());
        setup.node().tell(new ShardNotice.Stepped(lease, step.record()));
        if (view.phase() == Phase.STARTING) {
            enter(Phase.RUNNING);
        } else {
            changed(false);
        }
    }

    private void published(ShardCommand.Published done) {
        publications.published(done);
        if (view.phase() == Phase.RUNNING && setup.mayPrune().getAsBoolean()) {
            effects.prune(task.orElseThrow().checkpointsKept());
        }
        settleOrTell();
    }

    private void notPublished(ShardCommand.NotPublished not) {
        publications.notPublished(not);
        if (publications.hasFailed()) {
            timers.startSingleTimer(ShardCommand.Tick.RETRY_SAVE, publications.pause(limits.retry()));
        }
        settleOrTell();
    }

    private void settleOrTell() {
        if (!settle()) {
            changed(true);
        }
    }

    private void stopped(int step) {
        if (view.phase() != Phase.STOPPING) {
            fail("the program said 'stopped' after step " + step + ", but was not asked to stop");
        } else {
            over(Phase.STOPPED, step, Optional.empty());
        }
    }

    /** The program has nothing more to do: final once all it saved is published. Its first last word counts. */
    private void over(Phase last, int step, Optional<String> trouble) {
        if (!ending.isSaid()) {
            ending.said(last, Math.max(step, view.step()), trouble);
            timers.startSingleTimer(ShardCommand.Tick.LINGER, limits.linger());
            settle();
        }
    }

    private boolean settle() {
        Optional<Ending.Verdict> verdict = view.isFinal() ? Optional.empty() : ending.verdict(publications);
        verdict.ifPresent(end -> {
            end.trouble().ifPresent(view::trouble);
            finish(end.phase());
        });
        return verdict.isPresent();
    }

    private void processEnded(String evidence) {
        timers.cancel(ShardCommand.Tick.READY_BOUND);
        if (view.isFinal() || ending.isSaid()) {
            return;
        }
        String how = effects.log().withLastLine(evidence);
        if (view.phase() == Phase.STOPPING) {
            over(Phase.STOPPED, 0, Optional.of("the program ended before it had stopped: " + how));
        } else {
            fail("the program ended: " + how);
        }
    }

    private void fail(String reason) {
        if (!view.isFinal()) {
            view.trouble(reason);
            finish(Phase.FAILED);
            timers.startSingleTimer(ShardCommand.Tick.LINGER, limits.linger());
        }
    }

    private void restoreFailed(ShardCommand.RestoreFailed failed) {
        if (!view.isFinal()) {
            view.restoreFailed(failed.bad(), failed.reason());
            effects.log().line("can't restore: " + failed.reason());
            effects.kill();
            effects.closeEndpoint();
            changed(true);
        }
    }

    private void restoreTroubled(ShardCommand.RestoreTroubled trouble) {
        if (!view.isFinal()) {
            view.trouble(trouble.reason());
            timers.startSingleTimer(new ShardCommand.RestoreAgain(trouble.ref()), limits.retry());
            changed(true);
        }
    }

    /** A start that is told to be in trouble for long is taken away, so that it is not is told at once. */
    private void troubleIsOver() {
        if (view.clearTrouble()) {
            changed(true);
        }
    }

    private void tick(ShardCommand.Tick tick) {
        switch (tick) {
            case SHIP_LOG -> effects.shipLog();
            case READY_BOUND -> {
                fail("the program did not say that it is ready within "
                        + limits.ready().toSeconds() + " s");
                effects.kill();
            }
            case PREPARE_BOUND -> {
                prepared = true;
                advance();
            }
            case STOP_DEADLINE -> stopDeadline();
            case TAKE_AGAIN -> effects.take(task.orElseThrow());
            case RETRY_SAVE -> publications.retry();
            case LINGER -> effects.kill();
        }
    }

    /** What is not saved by now is not waited for; the newest published checkpoint is the last word. */
    private void stopDeadline() {
        ending.deadlinePassed();
        effects.kill();
        over(Phase.STOPPED, 0, Optional.of("the program did not stop and save by the deadline"));
        settle();
    }

    private void finish(Phase last) {
        timers.cancel(ShardCommand.Tick.TAKE_AGAIN);
        effects.closeEndpoint();
        effects.log().ended(last);
        effects.shipLog();
        if (!started) {
            effects.kill();
        }
        enter(last);
    }

    private void enter(Phase next) {
        view.enter(next);
        changed(true);
    }

    private void changed(boolean urgent) {
        setup.node().tell(new ShardNotice.Changed(view.status(), urgent));
    }
}
