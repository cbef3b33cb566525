package dev.drover.http;

import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the parts of a job's logs in the store, oldest generation first. Where several logs are shown, a line {@code ==>}
 * says whose part follows.
 *
 * <p>A log reaches the store in the pace its agent ships it, so following is some seconds behind.
 */
final class LogFeed implements Polled.Feed {
    private final ApiPorts ports;
    private final Jobs jobs;
    private final JobId job;
    private final Choice choice;
    private final Map<Lease, Integer> shown = new HashMap<>();
    private Optional<Lease> last = Optional.empty();
    private boolean settled;

    LogFeed(ApiPorts ports, Jobs jobs, JobId job, Choice choice) {
        this.ports = ports;
        this.jobs = jobs;
        this.job = job;
        this.choice = choice;
    }

    @Override
    public Optional<String> next() {
        while (true) {
            JobView view = jobs.find(job);
            for (Lease lease : leases(view)) {
                Optional<String> part = part(lease);
                if (part.isPresent()) {
                    settled = false;
                    return part;
                }
            }
            if (!choice.follow() || (view.state().isFinal() && settled)) {
                return Optional.empty();
            }
            settled = view.state().isFinal();
            Polled.pause(ports.limits().pollEvery());
        }
    }

    private List<Lease> leases(JobView view) {
        List<Lease> leases = new ArrayList<>();
        for (ShardView shard : view.shards()) {
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
        int from = shown.getOrDefault(lease, 0);
        ObjectStore store = ports.store();
        String key = CheckpointLayout.log(lease);
        try {
            if (store.length(key).orElse(0) <= from) {
                return Optional.empty();
            }
            byte[] log = store.get(key).orElse(new byte[0]);
            int to = wholeLines(log);
            if (to <= from) {
                return Optional.empty();
            }
            shown.put(lease, to);
            return Optional.of(header(lease) + new String(log, from, to - from, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + key + " from the store", e);
        }
    }

    /** Half a line, or half a character, waits for its rest while following. */
    private int wholeLines(byte[] log) {
        if (!choice.follow()) {
            return log.length;
        }
        int end = log.length;
        while (end > 0 && log[end - 1] != '\n') {
            end--;
        }
        return settled ? log.length : end;
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
