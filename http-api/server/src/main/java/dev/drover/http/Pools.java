package dev.drover.http;

import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolGateway;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks pools and waits for the answer, so long and no longer. Blocks: for virtual threads. */
final class Pools {
    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);

    private static final int PLAN_PATIENCE = 5;
    private static final int MAX_UNDER_WAY = 256;

    /** So many may still wait for a pool that has not answered of late: they find out when it does. */
    private static final int MAX_SCOUTS = 16;

    private static final Pattern NAMED_IN_SPEC = Pattern.compile("\\bpool[\"']?\\s*:\\s*[\"']?([A-Za-z0-9-]+)");

    private final PoolGateway gateway;
    private final ApiLimits limits;

    /** A pool that was there once is never gone. */
    private final Set<PoolName> known = ConcurrentHashMap.newKeySet();

    private final ConcurrentMap<PoolName, Semaphore> places = new ConcurrentHashMap<>();

    /** Who has not answered of late. */
    private final Set<String> silent = ConcurrentHashMap.newKeySet();

    Pools(PoolGateway gateway, ApiLimits limits) {
        this.gateway = gateway;
        this.limits = limits;
    }

    /** Every pool there is, or 503. */
    List<PoolName> all() {
        return await("the list of pools", start(gateway::pools, limits.poolTimeout()))
                .orElseThrow(() -> silent("the schedulers did not list their pools"));
    }

    /** A spec that names a pool names one that exists. */
    void require(PoolName pool) {
        if (!known.contains(pool)) {
            List<PoolName> all = all();
            if (!all.contains(pool)) {
                throw unknown(pool, all);
            }
            known.add(pool);
        }
    }

    static ProblemException unknown(PoolName pool, List<PoolName> all) {
        String names = all.stream().map(PoolName::value).sorted().collect(Collectors.joining(", "));
        return ProblemException.of(
                Problem.Kind.INVALID_SPEC,
                "pool",
                pool.value(),
                all.isEmpty() ? "a pool that exists; there is none yet" : "one of " + names);
    }

    /**
     * Does something for a pool, unless as much is under way for it as it could answer: then a 503 at once, so that who waits for a
     * pool that is away takes no room from the others.
     */
    <T> T within(PoolName pool, Supplier<T> work) {
        requireAnswers(pool);
        Semaphore room = room(pool);
        if (!room.tryAcquire()) {
            throw full("pool %s has %d submissions to answer first".formatted(pool, MAX_UNDER_WAY));
        }
        try {
            return work.get();
        } finally {
            room.release();
        }
    }

    /**
     * Turns away, unread, what {@link #within} would turn away: reading it is most of what a submission costs, and a crowd at the door of
     * a pool that is away would keep the machine from bringing it back. What an odd spec seems to name may be no pool of it; then it is
     * turned away for nothing, and asks again.
     */
    void turnAwayUnread(String spec) {
        if (!silent.isEmpty()) {
            Matcher named = NAMED_IN_SPEC.matcher(spec);
            if (named.find()) {
                known.stream()
                        .filter(pool -> pool.value().equals(named.group(1)))
                        .forEach(this::requireAnswers);
            }
        }
    }

    private void requireAnswers(PoolName pool) {
        if (silent.contains(named(pool)) && MAX_UNDER_WAY - room(pool).availablePermits() >= MAX_SCOUTS) {
            throw full("pool %s does not answer, and %d submissions wait for it already".formatted(pool, MAX_SCOUTS));
        }
    }

    private Semaphore room(PoolName pool) {
        return Objects.requireNonNull(places.computeIfAbsent(pool, name -> new Semaphore(MAX_UNDER_WAY)));
    }

    private static String named(PoolName pool) {
        return "pool " + pool;
    }

    private ProblemException full(String what) {
        return new ProblemException(
                Problem.of(Problem.Kind.UNAVAILABLE, what + "; ask again, nothing is lost by it"), retryAfter());
    }

    /** The answer, or empty when the pool is silent and the outcome is not known. */
    Optional<PoolReply> tryAsk(PoolName pool, PoolCommand command) {
        return await(named(pool), start(() -> gateway.ask(pool, command), patience(command)));
    }

    /** The answer; 404 when there is no such thing, 422 when refused, 503 when the pool is silent. */
    PoolReply ask(PoolName pool, PoolCommand command) {
        PoolReply reply =
                tryAsk(pool, command).orElseThrow(() -> silent("pool " + pool + " did not answer", patience(command)));
        return switch (reply) {
            case PoolReply.NotFound(String what) -> throw notFound(what);
            case PoolReply.Rejected(String field, String value, String allowed) ->
                throw ProblemException.of(Problem.Kind.INVALID_SPEC, field, value, allowed);
            case PoolReply answered -> answered;
        };
    }

    /** Asks several pools at once. A silent pool has an empty answer. */
    Map<PoolName, Optional<PoolReply>> askAll(List<PoolName> pools, PoolCommand command) {
        List<CompletableFuture<PoolReply>> asked = new ArrayList<>();
        pools.forEach(pool -> asked.add(start(() -> gateway.ask(pool, command), patience(command))));
        Map<PoolName, Optional<PoolReply>> answers = new LinkedHashMap<>();
        for (int i = 0; i < pools.size(); i++) {
            answers.put(pools.get(i), await(named(pools.get(i)), asked.get(i)));
        }
        return answers;
    }

    /** A 503 that says when to come back. */
    ProblemException silent(String what) {
        return silent(what, limits.poolTimeout());
    }

    private ProblemException silent(String what, Duration patience) {
        return new ProblemException(
                Problem.of(
                        Problem.Kind.UNAVAILABLE,
                        what + " within " + patience.toMillis() + " ms; ask again, nothing is lost by it"),
                retryAfter());
    }

    Map<String, String> retryAfter() {
        return Map.of(
                "Retry-After", String.valueOf(Math.max(1, limits.retryAfter().toSeconds())));
    }

    static ProblemException notFound(String what) {
        return new ProblemException(Problem.Kind.NOT_FOUND, "there is no " + what);
    }

    static IllegalStateException unexpected(PoolReply reply) {
        return new IllegalStateException(
                "a pool answered with an unexpected " + reply.getClass().getSimpleName());
    }

    /** A plan is reckoned, which takes a busy machine its time; all else is looked up. */
    private Duration patience(PoolCommand command) {
        return command instanceof PoolCommand.PlanJob
                ? limits.poolTimeout().multipliedBy(PLAN_PATIENCE)
                : limits.poolTimeout();
    }

    /** Asks now; the clock of several questions runs for all of them at once. */
    private <T> CompletableFuture<T> start(Supplier<CompletionStage<T>> ask, Duration patience) {
        try {
            return ask.get().toCompletableFuture().copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> Optional<T> await(String whom, CompletableFuture<T> answer) {
        try {
            T given = answer.get();
            if (silent.remove(whom)) {
                LOG.info("{} answers again", whom);
            }
            return Optional.of(given);
        } catch (ExecutionException e) {
            // Said once: while a pool moves, everybody asks in vain.
            if (silent.add(whom)) {
                boolean late = e.getCause() instanceof TimeoutException;
                LOG.warn("No answer from {}{}", whom, late ? " in time" : "", late ? null : e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }
}
