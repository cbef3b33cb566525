package dev.drover.bench.fleet;

import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.trial.ClusterTrial;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.NodeView.Membership;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Looks at a fleet while things happen to it, and says what must not be: a scheduler that leaves, a healthy agent that is declared lost,
 * a shard that leaves a healthy agent. Healthy is whatever was not {@linkplain #take taken}.
 */
final class Watch implements AutoCloseable {
    private static final PoolName POOL = new PoolName(Fleet.POOL);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    /** What Pekko says when a member goes, or is taken for dead. */
    private static final Pattern LEAVES = Pattern.compile(
            "SBR took decision|is removing|Exiting completed|Shutting down myself|is looked after here");

    private final ClusterTrial cluster;
    private final List<Integer> logLines = new ArrayList<>();
    private final Set<NodeId> taken = ConcurrentHashMap.newKeySet();
    private final Set<String> violations = new ConcurrentSkipListSet<>();
    private final Set<NodeId> unreachable = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();

    private Watch(ClusterTrial cluster) throws IOException {
        this.cluster = cluster;
        for (int i = 0; i < cluster.size(); i++) {
            logLines.add(cluster.scheduler(i).log().size());
        }
        this.thread = Thread.ofPlatform().name("watch").daemon().unstarted(this::watch);
    }

    /** From now on. */
    static Watch of(ClusterTrial cluster) throws IOException {
        Watch watch = new Watch(cluster);
        watch.thread.start();
        return watch;
    }

    /** That node is about to be killed or evicted. */
    void take(NodeId node) {
        taken.add(node);
    }

    boolean isTaken(NodeId node) {
        return taken.contains(node);
    }

    private void watch() {
        List<DemoApi> apis = new ArrayList<>();
        for (int i = 0; i < cluster.size(); i++) {
            apis.add(cluster.scheduler(i).api());
        }
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                try {
                    apis.get(looks.getAndIncrement() % apis.size()).nodes(POOL).forEach(this::look);
                } catch (IOException e) {
                    unanswered.incrementAndGet();
                }
            }
        } catch (InterruptedException e) {
            apis.forEach(DemoApi::close);
        }
    }

    private void look(NodeView node) {
        if (node.membership() == Membership.UNREACHABLE) {
            unreachable.add(node.id());
        }
        if (node.membership() == Membership.LOST && !taken.contains(node.id())) {
            violations.add("healthy node " + node.id() + " was declared lost: " + node.leavingBecause());
        }
    }

    /** How many agents were seen to be unreachable at some time, which is no violation. */
    int unreachable() {
        return unreachable.size();
    }

    String looks() {
        return looks + " looks at all nodes, of which " + unanswered + " were not answered";
    }

    /** Everything that must not have been so far. */
    Set<String> violations() throws IOException, InterruptedException {
        Set<String> all = new TreeSet<>(violations);
        for (int i = 0; i < cluster.size(); i++) {
            if (!cluster.scheduler(i).isAlive()) {
                all.add("scheduler " + (i + 1) + " has ended");
            }
            cluster.scheduler(i).log().stream()
                    .skip(logLines.get(i))
                    .filter(line -> LEAVES.matcher(line).find())
                    .forEach(line -> all.add("a change among the schedulers: " + line));
        }
        try (DemoApi api = cluster.scheduler(0).api()) {
            for (JobView job : api.jobs(POOL)) {
                job.shards().forEach(shard -> moves(job, shard, all));
            }
        }
        return all;
    }

    private void moves(JobView job, ShardView shard, Set<String> all) {
        for (AttemptView attempt : shard.attempts()) {
            if (attempt.endedBecause().isPresent() && !taken.contains(attempt.node())) {
                all.add("shard " + shard.index() + " of " + job.id() + " left healthy node " + attempt.node() + ": "
                        + attempt.endedBecause().get());
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
