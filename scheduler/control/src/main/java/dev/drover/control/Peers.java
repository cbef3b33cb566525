package dev.drover.control;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where other schedulers may be, besides what the database knows. What is found is only asked: it may be nobody. */
@FunctionalInterface
public interface Peers {
    /** {@code host:port} of each; may be empty, and may hold this scheduler's own. Blocks. */
    List<String> addresses() throws IOException;

    /** A list that does not change; empty where the database is enough. */
    static Peers listed(List<String> addresses) {
        List<String> all = List.copyOf(addresses);
        return () -> all;
    }

    /** Every address that a DNS name has, asked anew each time. A name that is not known has none. */
    static Peers named(String name, int port) {
        return named(name, port, InetAddress::getAllByName);
    }

    static Peers named(String name, int port, Resolver resolver) {
        return () -> {
            try {
                return Arrays.stream(resolver.resolve(name))
                        .map(address -> address.getHostAddress() + ":" + port)
                        .toList();
            } catch (UnknownHostException e) {
                return List.of();
            }
        };
    }

    /** What any of them finds. */
    static Peers all(List<Peers> ways) {
        List<Peers> every = List.copyOf(ways);
        return () -> {
            List<String> found = new ArrayList<>();
            for (Peers way : every) {
                found.addAll(way.addresses());
            }
            return List.copyOf(found);
        };
    }

    /** Looks a name up. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }
}
