package dev.drover.http;

import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.PoolView;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.PoolSpecReader;
import dev.drover.protocol.spec.SpecFields;
import dev.drover.protocol.spec.SpecText;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Shows pools and changes them. */
final class PoolRoutes {
    private final Pools pools;
    private final ReadModel readModel;

    PoolRoutes(Pools pools, ReadModel readModel) {
        this.pools = pools;
        this.readModel = readModel;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/v1/pools", this::list),
                Endpoint.get(
                        "/v1/pools/{pool}",
                        call -> show(200, call.withoutQuery().pool())),
                Endpoint.admin(HttpMethods.PUT, "/v1/pools/{pool}", this::configure),
                Endpoint.admin(HttpMethods.POST, "/v1/pools/{pool}/scale", this::scale),
                Endpoint.admin(
                        HttpMethods.POST, "/v1/pools/{pool}/pause", call -> change(call, new PoolCommand.PausePool())),
                Endpoint.admin(
                        HttpMethods.POST,
                        "/v1/pools/{pool}/resume",
                        call -> change(call, new PoolCommand.ResumePool())),
                Endpoint.get("/v1/pools/{pool}/nodes", call -> shown(call, new PoolCommand.ListNodes())),
                Endpoint.get("/v1/pools/{pool}/markets", call -> shown(call, new PoolCommand.ListMarkets())),
                Endpoint.get("/v1/pools/{pool}/cost", call -> shown(call, new PoolCommand.ShowCost())));
    }

    private HttpResponse list(Call call) {
        call.withoutQuery();
        List<PoolView> found = new ArrayList<>();
        List<PoolName> unanswered = new ArrayList<>();
        pools.askAll(pools.all(), new PoolCommand.ShowPool()).forEach((name, reply) -> {
            if (reply.isEmpty()) {
                unanswered.add(name);
            } else if (reply.get() instanceof PoolReply.Pool(PoolView pool)) {
                found.add(pool);
            }
        });
        return Answers.json(200, new PoolList(found, unanswered));
    }

    private HttpResponse configure(Call call) {
        PoolName name = call.withoutQuery().pool();
        PoolSpec spec = PoolSpecReader.read(call.specText(), name);
        boolean exists = pools.all().contains(name);
        pools.ask(name, new PoolCommand.ConfigurePool(spec));
        readModel.addPool(name);
        return show(exists ? 200 : 201, name);
    }

    private HttpResponse scale(Call call) {
        SpecFields body = SpecFields.of(SpecText.parse(call.specText()));
        for (String field : List.of("minNodes", "maxNodes")) {
            if (!body.has(field)) {
                body.problem(field, "", "a whole number from 0 to " + PoolSpecReader.MAX_NODES);
            }
        }
        int min = body.integer("minNodes", 0, 0, PoolSpecReader.MAX_NODES);
        int max = body.integer("maxNodes", 0, 0, PoolSpecReader.MAX_NODES);
        if (body.isSound() && min > max) {
            body.problem("minNodes", String.valueOf(min), "at most maxNodes (" + max + ")");
        }
        body.finish();
        body.throwIfAnyProblem();
        return change(call, new PoolCommand.ScalePool(min, max));
    }

    private HttpResponse change(Call call, PoolCommand command) {
        PoolName pool = call.withoutQuery().pool();
        pools.ask(pool, command);
        return show(200, pool);
    }

    private HttpResponse show(int status, PoolName name) {
        PoolReply reply = pools.ask(name, new PoolCommand.ShowPool());
        if (reply instanceof PoolReply.Pool(PoolView pool)) {
            return Answers.json(status, pool);
        }
        throw Pools.unexpected(reply);
    }

    private HttpResponse shown(Call call, PoolCommand question) {
        PoolName pool = call.withoutQuery().pool();
        return switch (pools.ask(pool, question)) {
            case PoolReply.Nodes nodes -> Answers.json(200, nodes);
            case PoolReply.Markets markets -> Answers.json(200, markets);
            case PoolReply.Cost cost -> Answers.json(200, cost.cost());
            case PoolReply other -> throw Pools.unexpected(other);
        };
    }

    /**
     * Every pool.
     *
     * @param unanswered pools that did not answer in time
     */
    record PoolList(List<PoolView> pools, List<PoolName> unanswered) {}
}
