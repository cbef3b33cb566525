package dev.drover.persistence.cluster;

import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.journal.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease that is a row in the schedulers' database: by it Pekko lets one half of a cluster that was cut in two go on.
 *
 * <p>At any time at most one owner is told that it holds the lease. It is renewed while the database answers. One that could not be renewed
 * for as long as it lasts, or that somebody else has got, is lost, and its owner is told, once. Time is counted from before the database was asked, so
 * the owner stops believing before the database does.
 */
public final class DatabaseLease extends Lease {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLease.class);
    /** One may be stuck in the database while the other sees that time is up. */
    private static final int THREADS = 2;

    private final LeaseSettings settings;
    private final LeaseTable table;
    private final ScheduledExecutorService threads;
    private final AtomicReference<@Nullable Held> held = new AtomicReference<>();

    /** Made by Pekko; {@code settings} hold where the database is. */
    public DatabaseLease(LeaseSettings settings, ExtendedActorSystem system) {
        this.settings = settings;
        HikariDataSource database =
                Database.of(settings.leaseConfig()).connect("lease-" + settings.leaseName(), THREADS);
        this.table = new LeaseTable(database);
        this.threads = Executors.newScheduledThreadPool(
                THREADS, Thread.ofPlatform().name("database-lease-", 0).daemon().factory());
        var unused = system.getWhenTerminated().whenComplete((done, failure) -> {
            threads.shutdownNow();
            database.close();
        });
    }

    @Override
    public LeaseSettings getSettings() {
        return settings;
    }

    @Override
    public CompletionStage<Boolean> acquire() {
        return acquire(why -> {});
    }

    /** Completes with failure, the lease let go again, when the database does not answer within the operation's time-out. */
    @Override
    public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> lost) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        threads.execute(() -> {
            long askedAt = System.nanoTime();
            try {
                boolean taken = table.take(name(), owner(), length());
                if (taken) {
                    hold(askedAt, lost);
                }
                if (!answer.complete(taken) && taken) {
                    letGo();
                }
            } catch (SQLException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.orTimeout(settings.timeoutSettings().getOperationTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public CompletionStage<Boolean> release() {
        return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                letGo();
                                return true;
                            } catch (SQLException e) {
                                throw new CompletionException(e);
                            }
                        },
                        threads)
                .orTimeout(settings.timeoutSettings().getOperationTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean checkLease() {
        Held now = held.get();
        return now != null && System.nanoTime() - now.validUntil < 0;
    }

    private String name() {
        return settings.leaseName();
    }

    private String owner() {
        return settings.ownerName();
    }

    private Duration length() {
        return settings.timeoutSettings().getHeartbeatTimeout();
    }

    private void hold(long askedAt, Consumer<Optional<Throwable>> lost) {
        Held now = new Held(askedAt + length().toNanos(), lost);
        Held before = held.getAndSet(now);
        if (before != null) {
            before.renewals.cancel(false);
        }
        long every = settings.timeoutSettings().getHeartbeatInterval().toMillis();
        now.renewals = threads.scheduleWithFixedDelay(() -> renew(now), every, every, TimeUnit.MILLISECONDS);
        awaitEnd(now);
    }

    private void renew(Held mine) {
        long askedAt = System.nanoTime();
        try {
            if (table.renew(name(), owner(), length())) {
                mine.validUntil = askedAt + length().toNanos();
            } else {
                lose(mine, Optional.empty());
            }
        } catch (SQLException | RuntimeException e) {
            mine.trouble = Optional.of(e);
            LOG.warn("the lease {} could not be renewed: {}", name(), e.toString());
        }
    }

    /** Looks again when time would be up by what is known now. */
    private void awaitEnd(Held mine) {
        long left = mine.validUntil - System.nanoTime();
        if (left <= 0) {
            lose(mine, mine.trouble);
        } else if (!threads.isShutdown()) {
            Future<?> unused = threads.schedule(
                    () -> {
                        if (held.get() == mine) {
                            awaitEnd(mine);
                        }
                    },
                    left,
                    TimeUnit.NANOSECONDS);
        }
    }

    private void lose(Held mine, Optional<Throwable> why) {
        if (held.compareAndSet(mine, null)) {
            mine.renewals.cancel(false);
            LOG.warn(
                    "the lease {} is lost: {}",
                    name(),
                    why.map(Throwable::toString).orElse("somebody else has it"));
            mine.lost.accept(why);
        }
    }

    private void letGo() throws SQLException {
        Held before = held.getAndSet(null);
        if (before != null) {
            before.renewals.cancel(false);
        }
        table.release(name(), owner());
    }

    /** A lease that is held. */
    private static final class Held {
        private final Consumer<Optional<Throwable>> lost;
        private volatile long validUntil;
        private volatile Future<?> renewals = CompletableFuture.completedFuture(true);
        private volatile Optional<Throwable> trouble = Optional.empty();

        private Held(long validUntil, Consumer<Optional<Throwable>> lost) {
            this.validUntil = validUntil;
            this.lost = lost;
        }
    }
}
