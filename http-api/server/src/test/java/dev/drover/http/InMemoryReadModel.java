package dev.drover.http;

import dev.drover.persistence.read.ReadModel;
import dev.drover.persistence.read.StepRange;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.shard.StepRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A read model that forgets. Notes the writes that matter for the order of things in a shared diary. */
final class InMemoryReadModel implements ReadModel {
    private final List<String> diary;
    private final Map<String, Submission> claims = new HashMap<>();
    private final Map<JobId, PoolName> poolOfJob = new HashMap<>();
    private final List<PoolName> pools = new ArrayList<>();
    private final Map<JobId, JobView> finished = new HashMap<>();
    private final List<TelemetryRow> rows = new ArrayList<>();
    private final List<JobEvent> events = new ArrayList<>();
    final AtomicInteger looksForFinished = new AtomicInteger();
    volatile boolean healthy = true;
    volatile boolean broken;

    InMemoryReadModel(List<String> diary) {
        this.diary = diary;
    }

    @Override
    public synchronized Submission claim(Optional<String> key, String bodyDigest, List<JobId> proposed, PoolName pool) {
        JobId first = proposed.getFirst();
        diary.add(key.map(claimed -> "claim " + claimed).orElse("assign " + first));
        Submission claim = new Submission(first, pool, bodyDigest, false);
        Submission earlier = key.isPresent() ? claims.putIfAbsent(key.get(), claim) : null;
        if (earlier != null) {
            return earlier;
        }
        proposed.forEach(job -> poolOfJob.put(job, pool));
        return new Submission(first, pool, bodyDigest, true);
    }

    void assign(JobId job, PoolName pool) {
        var unused = claim(Optional.empty(), "", List.of(job), pool);
    }

    @Override
    public synchronized Optional<Submission> claimed(String key) {
        return Optional.ofNullable(claims.get(key));
    }

    @Override
    public synchronized Optional<PoolName> poolOf(JobId job) {
        if (broken) {
            throw new IllegalStateException("the database is gone");
        }
        return Optional.ofNullable(poolOfJob.get(job));
    }

    @Override
    public synchronized void addPool(PoolName pool) {
        pools.add(pool);
    }

    @Override
    public synchronized List<PoolName> pools() {
        return List.copyOf(pools);
    }

    @Override
    public synchronized void archive(List<JobView> jobs) {
        for (JobView job : jobs) {
            poolOfJob.put(job.id(), job.pool());
            finished.put(job.id(), job);
        }
    }

    @Override
    public synchronized Optional<JobView> finished(JobId job) {
        looksForFinished.incrementAndGet();
        return Optional.ofNullable(finished.get(job));
    }

    @Override
    public synchronized List<JobView> finished(Optional<PoolName> pool, int limit) {
        return finished.values().stream()
                .filter(job -> pool.isEmpty() || job.pool().equals(pool.get()))
                .sorted(Comparator.comparing((JobView job) -> job.finishedAt().orElseThrow())
                        .reversed())
                .limit(limit)
                .toList();
    }

    @Override
    public void recordAttempts(List<ShardAttempt> attempts) {
        throw new UnsupportedOperationException("the API records no attempts");
    }

    @Override
    public Map<Lease, Holder> holders(JobId job) {
        throw new UnsupportedOperationException("the API asks for no holders");
    }

    @Override
    public void appendSteps(Lease lease, List<StepRecord> steps) {
        throw new UnsupportedOperationException("the API appends no steps; use add");
    }

    synchronized void add(TelemetryRow row) {
        rows.add(row);
    }

    @Override
    public synchronized List<TelemetryRow> telemetry(
            JobId job, Optional<Integer> shard, int afterStep, boolean includeSuperseded, int maxPoints) {
        List<TelemetryRow> found = rows.stream()
                .filter(row -> row.shard().job().equals(job))
                .filter(row -> shard.isEmpty() || row.shard().index() == shard.get())
                .filter(row -> row.step().step() > afterStep)
                .filter(row -> includeSuperseded || !row.superseded())
                .toList();
        return maxPoints == 0 || found.size() <= maxPoints
                ? found
                : found.subList(found.size() - maxPoints, found.size());
    }

    @Override
    public List<StepRange> missingSteps(Lease lease, int fromStep, int toStep) {
        throw new UnsupportedOperationException("the API looks for no missing steps");
    }

    @Override
    public synchronized void appendEvents(List<JobEvent> more) {
        events.addAll(more);
    }

    @Override
    public synchronized List<JobEvent> events(JobId job, long afterSequence, int limit) {
        return events.stream()
                .filter(event -> event.job().equals(job) && event.sequence() > afterSequence)
                .limit(limit)
                .toList();
    }

    @Override
    public boolean isHealthy() {
        return healthy;
    }

    @Override
    public void close() {}
}
