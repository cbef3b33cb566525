package dev.drover.agent.link;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.apache.pekko.http.javadsl.ClientTransport;

/** Connects to any of the addresses that a DNS name has, drawn anew for each connection. TLS still checks the name. */
final class AnyAddress {
    private final Resolver resolver;
    private final RandomGenerator random;
    private final Executor executor;

    /** @param executor where names are looked up, which blocks */
    AnyAddress(Resolver resolver, RandomGenerator random, Executor executor) {
        this.resolver = resolver;
        this.random = random;
        this.executor = executor;
    }

    ClientTransport transport() {
        return ClientTransport.withCustomResolver((host, port) -> resolve(host, (Integer) port));
    }

    CompletionStage<InetSocketAddress> resolve(String host, int port) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        InetAddress[] all = resolver.resolve(host);
                        return new InetSocketAddress(all[random.nextInt(all.length)], port);
                    } catch (UnknownHostException e) {
                        throw new CompletionException(e);
                    }
                },
                executor);
    }

    /** Looks a name up. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }
}
