package dev.drover.bench.chaos;

import dev.drover.bench.chaos.history.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All processes on loopback, where the machine gives no network namespaces: nothing can be cut, and no disk be filled. */
final class LoopbackHosts implements Hosts {
    private final String why;

    LoopbackHosts(String why) {
        this.why = why;
    }

    @Override
    public String about() {
        return "processes on loopback: " + why;
    }

    @Override
    public List<String> missing() {
        return List.of("partitions, slow links, full disks: they need network namespaces and mounts");
    }

    @Override
    public Set<Class<? extends Fault>> leftOut() {
        return Set.of(
                Fault.SchedulerIsolated.class,
                Fault.SchedulersApart.class,
                Fault.SchedulerWithoutDatabase.class,
                Fault.SchedulerSlow.class,
                Fault.NodeCut.class,
                Fault.NodeSlow.class,
                Fault.DiskFull.class);
    }

    @Override
    public void add(int host) {}

    @Override
    public List<String> prefix(int host) {
        return List.of();
    }

    @Override
    public String address(int host) {
        return "127.0.0.1";
    }

    @Override
    public String ownAddress() {
        return "127.0.0.1";
    }

    @Override
    public int port(int usual) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public List<String> instancePrefix() {
        return List.of();
    }

    @Override
    public Optional<Integer> hostOf(String instanceId) {
        return Optional.empty();
    }

    @Override
    public void cut(int one, int other) {
        throw new IllegalStateException("nothing can be cut on loopback");
    }

    @Override
    public void join(int one, int other) {}

    @Override
    public void slow(int host) {
        throw new IllegalStateException("nothing can be slowed on loopback");
    }

    @Override
    public void quicken(int host) {}

    @Override
    public void sweep(Set<String> ended) {}

    @Override
    public void remove() {}

    @Override
    public List<String> left() {
        return List.of();
    }
}
