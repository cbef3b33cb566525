package dev.drover.control;

import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolGateway;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/** Reaches a pool's entity wherever the cluster runs it. A pool that was never configured is not woken by a question. */
final class PekkoPoolGateway implements PoolGateway {
    private static final int PLAN_PATIENCE = 5;

    /** A pool that runs answers sooner, unless it is swamped. */
    private static final Duration ASK_AGAIN_AFTER = Duration.ofMillis(2500);

    private final ClusterSharding sharding;
    private final ReadModel readModel;
    private final Duration timeout;
    private final Executor executor;
    private final Set<PoolName> known = ConcurrentHashMap.newKeySet();

    PekkoPoolGateway(ClusterSharding sharding, ReadModel readModel, Duration timeout, Executor executor) {
        this.sharding = sharding;
        this.readModel = readModel;
        this.timeout = timeout;
        this.executor = executor;
    }

    @Override
    public CompletionStage<PoolReply> ask(PoolName pool, PoolCommand command) {
        if (known.contains(pool)) {
            return askEntity(pool, command);
        }
        return CompletableFuture.supplyAsync(() -> isThere(pool, command), executor)
                .thenCompose(there -> there
                        ? askEntity(pool, command)
                        : CompletableFuture.completedStage(new PoolReply.NotFound("pool " + pool)));
    }

    @Override
    public CompletionStage<List<PoolName>> pools() {
        return CompletableFuture.supplyAsync(readModel::pools, executor);
    }

    /** Blocks. Configuring a pool notes it first, so that a restart wakes it even if the answer was lost. */
    private boolean isThere(PoolName pool, PoolCommand command) {
        if (command instanceof PoolCommand.ConfigurePool) {
            readModel.addPool(pool);
        } else if (!readModel.pools().contains(pool)) {
            return false;
        }
        known.add(pool);
        return true;
    }

    private CompletionStage<PoolReply> askEntity(PoolName pool, PoolCommand command) {
        // A plan is reckoned, not looked up.
        Duration patience = command instanceof PoolCommand.PlanJob ? timeout.multipliedBy(PLAN_PATIENCE) : timeout;
        CompletableFuture<PoolReply> answer = new CompletableFuture<>();
        ask(pool, command, patience, answer);
        return answer;
    }

    /** What is lost on its way to a pool that moves is asked again: commands are idempotent. The first answer counts. */
    private void ask(PoolName pool, PoolCommand command, Duration patience, CompletableFuture<PoolReply> answer) {
        var ignored = sharding.entityRefFor(PoolFrontActor.KEY, pool.value())
                .<PoolReply>ask(replyTo -> new PoolFrontActor.Ask(command, replyTo), patience)
                .whenComplete((reply, failure) -> {
                    if (failure == null) {
                        answer.complete(reply);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                });
        Duration rest = patience.minus(ASK_AGAIN_AFTER);
        if (rest.isPositive() && !(command instanceof PoolCommand.PlanJob)) {
            CompletableFuture.delayedExecutor(ASK_AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS, executor)
                    .execute(() -> {
                        if (!answer.isDone()) {
                            ask(pool, command, rest, answer);
                        }
                    });
        }
    }
}
