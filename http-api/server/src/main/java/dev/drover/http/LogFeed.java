package dev.drover.http;

import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the parts of a job's logs in the store, oldest generation first. Where several logs are shown, a line {@code ==>}
 * says whose part follows.
 *
 * <p>A log reaches the store in the pace its agent ships it, so following is some seconds behind.
 */
final class LogFeed implements Polled.Feed {
    private static final Logger LOG = LoggerFactory.getLogger(LogFeed.class);

    /** People read this, so it comes seldom: often enough that no connection is taken for idle. */
    private static final int HEARTBEATS = 10;

    private static final String NOTHING_NEW = "==> nothing new <==\n";

    private final ApiPorts ports;
    private final Jobs jobs;
    private final Choice choice;
    private final Map<Lease, LogTail> tails = new HashMap<>();
    private Optional<Lease> last = Optional.empty();
    private final JobId job;
    private JobView view;
    private Instant viewDue;
    private Instant lastSaid;
    private boolean settled;

    LogFeed(ApiPorts ports, Jobs jobs, JobView view, Choice choice) {
        this.ports = ports;
        this.jobs = jobs;
        this.job = view.id();
        this.view = view;
        this.lastSaid = ports.clock().instant();
        this.viewDue = lastSaid.plus(ports.limits().stepsEvery());
        this.choice = choice;
    }

    @Override
    public Optional<String> next() {
        while (true) {
            JobView current = view();
            for (Lease lease : leases(current)) {
                Optional<String> part = part(lease);
                if (part.isPresent()) {
                    settled = false;
                    lastSaid = ports.clock().instant();
                    return part;
                }
            }
            if (!choice.follow() || (current.state().isFinal() && settled)) {
                return Optional.empty();
            }
            settled = current.state().isFinal();
            Instant now = ports.clock().instant();
            if (now.isAfter(lastSaid.plus(ports.limits().heartbeatEvery().multipliedBy(HEARTBEATS)))) {
                lastSaid = now;
                return Optional.of(NOTHING_NEW);
            }
            Polled.pause(ports.limits().stepsEvery());
        }
    }

    /** The job as of about a second ago. A pool that is silent for a while, as in a failover, ends no stream. */
    private JobView view() {
        Instant now = ports.clock().instant();
        if (!now.isBefore(viewDue)) {
            viewDue = now.plus(ports.limits().stepsEvery());
            try {
                view = jobs.find(job);
            } catch (ProblemException e) {
                LOG.warn("Following the log of job {} without news of it: {}", job, e.getMessage());
            }
        }
        return view;
    }

    private List<Lease> leases(JobView current) {
        List<Lease> leases = new ArrayList<>();
        for (ShardView shard : current.shards()) {
            if (choice.shard().map(wanted -> wanted == shard.index()).orElse(true)) {
                for (int generation = 1; generation <= shard.generation(); generation++) {
                    if (choice.generation().isEmpty() || choice.generation().get() == generation) {
                        leases.add(new Lease(new ShardId(job, shard.index()), generation));
                    }
                }
            }
        }
        return leases;
    }

    private Optional<String> part(Lease lease) {
        String key = CheckpointLayout.log(lease);
        try {
            String part = tails.computeIfAbsent(lease, ignored -> new LogTail(ports.store(), key))
                    .next(settled || !choice.follow());
            return part.isEmpty() ? Optional.empty() : Optional.of(header(lease) + part);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + key + " from the store", e);
        }
    }

    private String header(Lease lease) {
        boolean isOnlyOne = choice.shard().isPresent() && choice.generation().isPresent();
        if (isOnlyOne || last.equals(Optional.of(lease))) {
            return "";
        }
        last = Optional.of(lease);
        return "==> shard %d, generation %d <==%n".formatted(lease.shard().index(), lease.generation());
    }

    /** Which logs to show; absent means all. */
    record Choice(Optional<Integer> shard, Optional<Integer> generation, boolean follow) {}
}
