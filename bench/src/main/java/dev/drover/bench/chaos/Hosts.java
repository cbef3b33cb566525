package dev.drover.bench.chaos;

import dev.drover.bench.chaos.history.Fault;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the processes of a campaign run, and the network between them. */
sealed interface Hosts permits NamespaceHosts, LoopbackHosts {
    /** In words, for the conditions. */
    String about();

    /** The faults that can't be done here, and why, in words. */
    List<String> missing();

    /** The kinds of faults that can't be done here. */
    Set<Class<? extends Fault>> leftOut();

    /** Makes a host; its number is below that of any instance's. */
    void add(int host) throws IOException, InterruptedException;

    /** What to put before a command that is to run on that host. */
    List<String> prefix(int host);

    String address(int host);

    /** Where the campaign itself, and the cloud, can be reached from any host. */
    String ownAddress();

    /** A port for something that listens on that host. */
    int port(int usual) throws IOException;

    /** What to put before the command of each instance, to give it a host of its own. */
    List<String> instancePrefix() throws IOException;

    /** The host of an instance, if it got one. */
    Optional<Integer> hostOf(String instanceId) throws IOException;

    /** From here on no packet passes between the two, until as many calls of {@link #join}. */
    void cut(int one, int other) throws IOException, InterruptedException;

    void join(int one, int other) throws IOException, InterruptedException;

    /** What the host sends is late, and some of it is lost. */
    void slow(int host) throws IOException, InterruptedException;

    void quicken(int host) throws IOException, InterruptedException;

    /** Takes away the hosts of instances that have ended. */
    void sweep(Set<String> ended) throws IOException, InterruptedException;

    /** Takes all of it away, also what an earlier, killed run has left. */
    void remove() throws IOException, InterruptedException;

    /** What of it is still there, in words. */
    List<String> left() throws IOException, InterruptedException;
}
