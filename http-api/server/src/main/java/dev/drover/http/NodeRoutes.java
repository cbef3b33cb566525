package dev.drover.http;

import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.spec.SpecFields;
import dev.drover.protocol.spec.SpecText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Drains nodes, and drills their eviction. */
final class NodeRoutes {
    private static final Duration LONGEST_NOTICE = Duration.ofHours(1);

    private final Pools pools;

    NodeRoutes(Pools pools) {
        this.pools = pools;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.admin(HttpMethods.POST, "/v1/pools/{pool}/nodes/{node}/drain", this::drain),
                Endpoint.admin(HttpMethods.POST, "/v1/pools/{pool}/nodes/{node}/evict", this::evict));
    }

    private HttpResponse drain(Call call) {
        NodeId node = call.withoutQuery().node();
        pools.ask(call.pool(), new PoolCommand.DrainNode(node));
        return Answers.json(202, new NodeAction(node, "drain", Optional.empty()));
    }

    private HttpResponse evict(Call call) {
        NodeId node = call.withoutQuery().node();
        Optional<Duration> notice = notice(call);
        pools.ask(call.pool(), new PoolCommand.EvictNode(node, notice));
        return Answers.json(202, new NodeAction(node, "evict", notice));
    }

    private static Optional<Duration> notice(Call call) {
        if (call.body().length == 0) {
            return Optional.empty();
        }
        SpecFields body = SpecFields.of(SpecText.parse(call.specText()));
        boolean given = body.has("notice");
        Duration notice = body.duration("notice", Duration.ZERO, Duration.ofSeconds(1), LONGEST_NOTICE);
        body.finish();
        body.throwIfAnyProblem();
        return given ? Optional.of(notice) : Optional.empty();
    }

    /**
     * What was begun; the node's own view shows how it goes.
     *
     * @param notice what the drill gives, absent when the node is killed without any
     */
    record NodeAction(NodeId node, String action, Optional<Duration> notice) {}
}
