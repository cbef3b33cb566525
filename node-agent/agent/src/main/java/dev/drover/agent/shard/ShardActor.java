package dev.drover.agent.shard;

import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ToShard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

    private Optional<ShardTask> task = Optional.empty();
    private Optional<ShardCommand.Restored> restored = Optional.empty();
    private Optional<ShardCommand.HandOff> handOff = Optional.empty();
    private Optional<Phase> ending = Optional.empty();
    private boolean ready;
    private boolean prepared;
    private boolean listening;
    private boolean started;
    private boolean deadlinePassed;

    private ShardActor(
            ActorContext<ShardCommand> context, TimerScheduler<ShardCommand> timers, Lease lease, ShardSetup setup)
            throws IOException {
        super(context);
        this.timers = timers;
        this.lease = lease;
        this.setup = setup;
        this.limits = setup.limits();
        this.effects = new ShardExecutor(lease, setup, context.getSystem(), context.getSelf());
        this.publications = new Publications(effects);
        this.view = new ShardView(lease, Phase.STARTING);
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
            case ShardCommand.FromProcess(ProcessEvent.Said(var message)) -> said(message);
            case ShardCommand.FromProcess(ProcessEvent.Ended(var evidence)) -> processEnded(evidence);
            case ShardCommand.Listening open -> listening(open);
            case ShardCommand.Restored at -> restored(at);
            case ShardCommand.RestoreFailed failed -> restoreFailed(failed);
            case ShardCommand.RestoreTroubled trouble -> restoreTroubled(trouble);
            case ShardCommand.RestoreAgain again -> {
                if (view.phase() == Phase.STARTING) {
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
        effects.withdraw();
        effects.kill();
        effects.closeEndpoint();
        return this;
    }

    private void prepare(ShardTask what) {
        if (task.isPresent()) {
            return;
        }
        task = Optional.of(what);
        enter(Phase.PREPARING);
        effects.take(what);
        effects.listen();
    }

    private void run(ShardCommand.Run order) {
        if (task.isPresent() && view.phase() != Phase.PREPARING && view.phase() != Phase.PREPARED) {
            return;
        }
        if (task.isEmpty()) {
            effects.take(order.task());
        }
        task = Optional.of(order.task());
        enter(Phase.STARTING);
        order.resumeFrom()
                .ifPresentOrElse(
                        ref -> {
                            view.resumedAt(ref.step());
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
        restored = Optional.of(at);
        effects.closeEndpoint();
        view.clearTrouble();
        advance();
    }

    private void taken(ShardProcess taken) {
        effects.own(taken);
        if (view.isFinal()) {
            effects.kill();
            return;
        }
        timers.startSingleTimer(ShardCommand.Tick.READY_BOUND, limits.ready());
        taken.listen(event -> getContext().getSelf().tell(new ShardCommand.FromProcess(event)));
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
            effects.send(new ToShard.Start(assignment(), from));
        }
    }

    private Assignment assignment() {
        return Program.assignment(lease, task.orElseThrow(), effects.workDirectory());
    }

    private void handOff(ShardCommand.HandOff order) {
        if (view.isFinal() || view.phase() == Phase.STOPPING) {
            return;
        }
        if (!started) {
            finish(Phase.STOPPED);
            return;
        }
        handOff = Optional.of(order);
        enter(Phase.STOPPING);
        effects.send(new ToShard.Stop(order.deadline().toEpochMilli()));
        Duration left = Duration.between(setup.environment().clock().instant(), order.deadline());
        timers.startSingleTimer(ShardCommand.Tick.STOP_DEADLINE, left.isNegative() ? Duration.ZERO : left);
    }

    private Behavior<ShardCommand> release(String reason) {
        effects.withdraw();
        timers.cancelAll();
        effects.log().line("is released: " + reason);
        effects.kill();
        effects.closeEndpoint();
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
            case FromShard.Saved saved -> saved(saved);
            case FromShard.SaveFailed failed ->
                saveTrouble("the program can't save step " + failed.step() + ": " + failed.reason());
            case FromShard.Stopped ignored -> over(Phase.STOPPED);
            case FromShard.Done ignored -> over(Phase.DONE);
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
            effects.send(new ToShard.Prepare(assignment()));
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

    private void saved(FromShard.Saved saved) {
        publications.saved(saved).ifPresentOrElse(this::saveTrouble, () -> publications.next(handOff));
    }

    private void saveTrouble(String what) {
        view.saveTrouble(what);
        effects.log().line(what);
        changed(true);
    }

    private void published(ShardCommand.Published done) {
        publications.published();
        view.published(done.ref(), done.millis());
        effects.log().line("published the checkpoint at step " + done.ref().step());
        if (view.phase() == Phase.RUNNING && setup.mayPrune().getAsBoolean()) {
            effects.prune(task.orElseThrow().checkpointsKept());
        }
        afterPublication();
    }

    private void notPublished(ShardCommand.NotPublished not) {
        publications.notPublished();
        view.saveTrouble(not.reason());
        effects.log().line(not.reason());
        afterPublication();
    }

    private void afterPublication() {
        publications.next(handOff);
        if (!settle()) {
            changed(true);
        }
    }

    /** The program has nothing more to do: final once all it saved is published. */
    private void over(Phase last) {
        ending = Optional.of(last);
        timers.startSingleTimer(ShardCommand.Tick.LINGER, limits.linger());
        settle();
    }

    private boolean settle() {
        if (ending.isEmpty() || view.isFinal()) {
            return false;
        }
        if (publications.isDrained() || (publications.hasFailed() && deadlinePassed)) {
            finish(ending.get());
            return true;
        }
        if (publications.hasFailed()) {
            timers.startSingleTimer(ShardCommand.Tick.RETRY_SAVE, limits.retry());
        }
        return false;
    }

    private void processEnded(String evidence) {
        timers.cancel(ShardCommand.Tick.READY_BOUND);
        if (view.isFinal() || ending.isPresent()) {
            return;
        }
        String how = effects.log().withLastLine(evidence);
        if (view.phase() == Phase.STOPPING) {
            view.trouble("the program ended before it had stopped: " + how);
            over(Phase.STOPPED);
        } else {
            fail("the program ended: " + how);
        }
    }

    private void fail(String reason) {
        if (view.isFinal()) {
            return;
        }
        view.trouble(reason);
        finish(Phase.FAILED);
        timers.startSingleTimer(ShardCommand.Tick.LINGER, limits.linger());
    }

    private void restoreFailed(ShardCommand.RestoreFailed failed) {
        if (view.isFinal()) {
            return;
        }
        view.restoreFailed(failed.bad(), failed.reason());
        effects.log().line("can't restore: " + failed.reason());
        effects.kill();
        effects.closeEndpoint();
        changed(true);
    }

    private void restoreTroubled(ShardCommand.RestoreTroubled trouble) {
        view.trouble(trouble.reason());
        timers.startSingleTimer(new ShardCommand.RestoreAgain(trouble.ref()), limits.retry());
        changed(true);
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
            case RETRY_SAVE -> {
                publications.retry();
                publications.next(handOff);
            }
            case LINGER -> effects.kill();
        }
    }

    /** What is not saved by now is not waited for; the newest published checkpoint is the last word. */
    private void stopDeadline() {
        if (view.isFinal()) {
            return;
        }
        deadlinePassed = true;
        if (ending.isEmpty()) {
            view.trouble("the program did not stop and save by the deadline");
            effects.kill();
            ending = Optional.of(Phase.STOPPED);
        }
        settle();
    }

    private void finish(Phase last) {
        effects.closeEndpoint();
        effects.log().line("is " + last);
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
