package dev.drover.bench.chaos;

import dev.drover.bench.chaos.history.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A network namespace per host, on a bridge of its own. All names begin with the campaign's tag.
 *
 * <p>Two hosts are cut by telling each a wrong Ethernet address of the other: packets go out and reach nobody, without a word to
 * anybody, as when a switch fails. That needs nothing but {@code ip}. A slow link is {@code netem} where the kernel has it, else a narrow one
 * with a long queue ({@code tbf}), and packets dropped by {@code nft} where there is one.
 */
final class NamespaceHosts implements Hosts {
    private static final int MAX_OCTET = 250;
    private static final String NOWHERE = "02:00:00:00:00:01";
    private static final List<String> NETEM = List.of("netem", "delay", "80ms", "40ms", "loss", "2%");
    private static final List<String> NARROW = List.of("tbf", "rate", "256kbit", "burst", "4kb", "latency", "500ms");
    private static final int FIRST_OF_INSTANCES = 20;

    /** Gives an instance a host and a small disk of its own, and becomes its program there. */
    private static final String LAUNCH = """
        #!/bin/sh
        set -e
        n=%d
        until mkdir "%s/$n" 2>/dev/null; do n=$((n + 1)); done
        own="$DROVER_INSTANCE_DIR"
        kept=$(mktemp -d)
        cp -a "$own/." "$kept/"
        mount -t tmpfs -o size=64m,mode=700 %s "$own"
        cp -a "$kept/." "$own/"
        rm -rf "$kept"
        cd "$own"
        basename "$own" > "%s/$n/instance"
        %s
        exec ip netns exec %s$n "$@"
        """;

    private final String tag;
    private final String network;
    private final Path directory;
    private final boolean netem;
    private final boolean narrow;
    private final boolean nft;
    private final Map<String, Integer> cuts = new HashMap<>();

    private NamespaceHosts(String tag, String network, Path directory, boolean netem, boolean narrow, boolean nft) {
        this.tag = tag;
        this.network = network;
        this.directory = directory;
        this.netem = netem;
        this.narrow = narrow;
        this.nft = nft;
    }

    /**
     * Makes the bridge, and looks what can be done.
     *
     * @param tag at most six letters and digits, of this campaign alone
     * @param directory for what is noted of instances' hosts
     * @throws IOException saying what is missing, where there can be no namespaces
     */
    static NamespaceHosts make(String tag, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        new NamespaceHosts(tag, "", directory, false, false, false).remove();
        Files.createDirectories(directory);
        String network = freeNetwork();
        Shell.run("ip", "link", "add", tag + "br", "type", "bridge");
        try {
            Shell.run("ip", "addr", "add", network + ".0.1/16", "dev", tag + "br");
            Shell.run("ip", "link", "set", tag + "br", "up");
            NamespaceHosts plain = new NamespaceHosts(tag, network, directory, false, false, false);
            int probe = FIRST_OF_INSTANCES - 1;
            plain.add(probe);
            boolean netem = plain.shape(probe, NETEM);
            boolean narrow = plain.shape(probe, NARROW);
            boolean nft = Shell.works("nft", "--version");
            plain.remove(probe);
            return new NamespaceHosts(tag, network, directory, netem, narrow, nft);
        } catch (IOException e) {
            Shell.works("ip", "link", "del", tag + "br");
            throw e;
        }
    }

    private boolean shape(int host, List<String> how) throws InterruptedException {
        List<String> command = new ArrayList<>(prefix(host));
        command.addAll(List.of("tc", "qdisc", "replace", "dev", "eth0", "root"));
        command.addAll(how);
        return Shell.works(command.toArray(String[]::new));
    }

    private static String freeNetwork() throws IOException, InterruptedException {
        String taken = Shell.run("ip", "-o", "addr");
        for (int second = 91; second < MAX_OCTET; second++) {
            String network = "10." + second;
            if (!taken.contains(network + ".")) {
                return network;
            }
        }
        throw new IOException("no network from 10.91.0.0/16 to 10.249.0.0/16 is free");
    }

    @Override
    public String about() {
        return "a network namespace per host, on " + network + ".0.0/16; slow links by "
                + (netem ? "netem" : narrow ? "tbf, 256 kbit/s with a queue of 500 ms" : "nothing")
                + (!netem && nft ? " and nft, 3 % lost" : "");
    }

    @Override
    public List<String> missing() {
        return leftOut().isEmpty()
                ? List.of()
                : List.of("slow links: the kernel has neither netem nor tbf, or there is no tc");
    }

    @Override
    public Set<Class<? extends Fault>> leftOut() {
        return netem || narrow ? Set.of() : Set.of(Fault.SchedulerSlow.class, Fault.NodeSlow.class);
    }

    @Override
    public void add(int host) throws IOException, InterruptedException {
        Shell.run("sh", "-ec", making("" + host, address(host)));
    }

    /** Commands that make a host; {@code host} may be a variable of the shell. */
    private String making(String host, String address) {
        String name = tag + "h" + host;
        return """
            ip netns add %1$s
            ip link add %2$s type veth peer name eth0 netns %1$s
            ip link set %2$s master %3$sbr up
            ip -n %1$s addr add %4$s/16 dev eth0
            ip -n %1$s link set eth0 up
            ip -n %1$s link set lo up
            """.formatted(name, tag + "v" + host, tag, address);
    }

    @Override
    public List<String> prefix(int host) {
        return List.of("ip", "netns", "exec", tag + "h" + host);
    }

    @Override
    public String address(int host) {
        return network + "." + (1 + host / MAX_OCTET) + "." + (1 + host % MAX_OCTET);
    }

    @Override
    public String ownAddress() {
        return network + ".0.1";
    }

    @Override
    public int port(int usual) {
        return usual;
    }

    @Override
    public List<String> instancePrefix() throws IOException {
        Path script = directory.resolve("launch");
        String address = network + ".$((1 + n / " + MAX_OCTET + ")).$((1 + n % " + MAX_OCTET + "))";
        Files.writeString(
                script,
                LAUNCH.formatted(
                        FIRST_OF_INSTANCES,
                        directory,
                        tag + "disk",
                        directory,
                        making("$n", address).strip(),
                        tag + "h"));
        return List.of("/bin/sh", script.toString());
    }

    @Override
    public Optional<Integer> hostOf(String instanceId) throws IOException {
        try (Stream<Path> hosts = Files.list(directory)) {
            for (Path host : hosts.filter(Files::isDirectory).toList()) {
                Path instance = host.resolve("instance");
                if (Files.exists(instance) && Files.readString(instance).strip().equals(instanceId)) {
                    return Optional.of(Integer.parseInt(host.getFileName().toString()));
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public synchronized void cut(int one, int other) throws IOException, InterruptedException {
        if (cuts.merge(pair(one, other), 1, Integer::sum) == 1) {
            blind(one, other);
            blind(other, one);
        }
    }

    @Override
    public synchronized void join(int one, int other) throws InterruptedException {
        if (cuts.merge(pair(one, other), -1, Integer::sum) == 0) {
            // A host that is gone by now has nothing to be healed.
            Shell.works("ip", "-n", tag + "h" + one, "neigh", "del", address(other), "dev", "eth0");
            Shell.works("ip", "-n", tag + "h" + other, "neigh", "del", address(one), "dev", "eth0");
        }
    }

    private void blind(int host, int to) throws IOException, InterruptedException {
        String name = tag + "h" + host;
        Shell.run(
                "ip",
                "-n",
                name,
                "neigh",
                "replace",
                address(to),
                "lladdr",
                NOWHERE,
                "dev",
                "eth0",
                "nud",
                "permanent");
    }

    private static String pair(int one, int other) {
        return Math.min(one, other) + " " + Math.max(one, other);
    }

    @Override
    public void slow(int host) throws IOException, InterruptedException {
        if (!shape(host, netem ? NETEM : NARROW)) {
            throw new IOException("host " + host + " can't be slowed");
        }
        if (!netem && nft) {
            List<String> command = new ArrayList<>(prefix(host));
            command.addAll(List.of(
                    "nft",
                    "table inet lossy { chain out { type filter hook output priority 0;"
                            + " numgen random mod 100 < 3 drop; }; }"));
            Shell.run(command);
        }
    }

    @Override
    public void quicken(int host) throws InterruptedException {
        List<String> command = new ArrayList<>(prefix(host));
        command.addAll(List.of("tc", "qdisc", "del", "dev", "eth0", "root"));
        Shell.works(command.toArray(String[]::new));
        if (!netem && nft) {
            List<String> passing = new ArrayList<>(prefix(host));
            passing.addAll(List.of("nft", "delete", "table", "inet", "lossy"));
            Shell.works(passing.toArray(String[]::new));
        }
    }

    @Override
    public void sweep(Set<String> ended) throws IOException, InterruptedException {
        Set<Path> idle = new HashSet<>();
        try (Stream<Path> hosts = Files.list(directory)) {
            for (Path host : hosts.filter(Files::isDirectory).toList()) {
                Path instance = host.resolve("instance");
                if (Files.exists(instance)
                        && ended.contains(Files.readString(instance).strip())) {
                    idle.add(host);
                }
            }
        }
        for (Path host : idle) {
            remove(Integer.parseInt(host.getFileName().toString()));
            // The number stays taken: an address means one instance for the whole campaign.
            Files.delete(host.resolve("instance"));
        }
    }

    private void remove(int host) throws InterruptedException {
        Shell.works("ip", "link", "del", tag + "v" + host);
        Shell.works("ip", "netns", "del", tag + "h" + host);
    }

    @Override
    public void remove() throws IOException, InterruptedException {
        for (String mount : mounts()) {
            Shell.works("umount", "-l", mount);
        }
        for (String name : namespaces()) {
            Shell.works("ip", "link", "del", name.replaceFirst("^" + tag + "h", tag + "v"));
            Shell.works("ip", "netns", "del", name);
        }
        Shell.works("ip", "link", "del", tag + "br");
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public List<String> left() throws IOException, InterruptedException {
        List<String> left = new ArrayList<>();
        namespaces().forEach(name -> left.add("network namespace " + name));
        mounts().forEach(mount -> left.add("mount " + mount));
        if (Shell.run("ip", "-o", "link").contains(tag + "br")) {
            left.add("bridge " + tag + "br");
        }
        return left;
    }

    private List<String> namespaces() throws IOException, InterruptedException {
        return Shell.run("ip", "netns", "list")
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .filter(name -> name.startsWith(tag + "h"))
                .toList();
    }

    private List<String> mounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/mounts")).stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields[0].equals(tag + "disk"))
                .map(fields -> fields[1])
                .toList();
    }
}
