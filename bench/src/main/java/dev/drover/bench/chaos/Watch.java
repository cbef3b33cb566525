package dev.drover.bench.chaos;

import dev.drover.bench.chaos.history.Entry.ProcessGone;
import dev.drover.bench.chaos.history.Entry.ProcessSeen;
import dev.drover.bench.chaos.history.HistoryFile;
import dev.drover.cloud.CloudException;
import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every second which processes instances have, copies the journal, and takes away the hosts of instances that ended. */
final class Watch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int SWEEP_EVERY = 5;

    private final ChaosWorld world;
    private final HistoryFile history;
    private final JournalCopy journal;
    private final Path instances;
    private final Set<NodeProcess> known = new HashSet<>();
    private final Thread thread;
    private volatile boolean closed;

    Watch(ChaosWorld world, HistoryFile history, JournalCopy journal) throws IOException {
        this.world = world;
        this.history = history;
        this.journal = journal;
        this.instances = Objects.requireNonNull(world.instance("any").getParent());
        this.thread = Thread.ofPlatform().daemon().name("watch").start(this::look);
    }

    private void look() {
        for (int turn = 0; !closed; turn++) {
            try {
                processes();
                if (turn % SWEEP_EVERY == 0) {
                    journal.follow();
                    world.hosts().sweep(ended());
                }
            } catch (IOException | CloudException e) {
                LOG.debug("a host is being made, or the cloud is being ended: the next look sees it", e);
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    private void processes() {
        Set<NodeProcess> now = new HashSet<>(NodeProcess.under(instances));
        Instant at = Instant.now();
        for (NodeProcess process : now) {
            if (known.add(process)) {
                history.add(new ProcessSeen(at, process.instanceId(), process.pid(), process.trainer()));
            }
        }
        known.removeIf(process -> {
            boolean gone = !now.contains(process);
            if (gone) {
                history.add(new ProcessGone(at, process.instanceId(), process.pid(), process.trainer()));
            }
            return gone;
        });
    }

    private Set<String> ended() {
        return world.drills().instances().stream()
                .filter(instance -> instance.state() == InstanceState.TERMINATED)
                .map(Instance::instanceId)
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
