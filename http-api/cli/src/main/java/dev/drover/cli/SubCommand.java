package dev.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands of the API share. */
@Command
abstract class SubCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    /** Does it, and says how it went. */
    abstract int run();

    @Override
    public final Integer call() {
        return run();
    }

    final DroverCli root() {
        if (spec == null) {
            throw new IllegalStateException("the command was not started by its command line");
        }
        return (DroverCli) spec.root().userObject();
    }

    /** Asks one pool or all of them the same, and shows all answers in one table. */
    final int showEachPool(@Nullable String pool, String what, Table table, PoolRows rows) {
        return showEachPool(pool, what, answers -> {
            answers.properties().forEach(answer -> rows.add(table, answer.getKey(), answer.getValue()));
            return table.toString();
        });
    }

    /** Asks one pool or all of them the same, and shows the answers by pool. */
    final int showEachPool(@Nullable String pool, String what, Function<JsonNode, String> text) {
        ObjectNode answers = root().ask(api -> {
            ObjectNode found = JsonNodeFactory.instance.objectNode();
            List<String> pools = pool == null ? pools(api) : List.of(pool);
            pools.forEach(name ->
                    found.set(name, api.get(Paths.of("/v1/pools", name, what).toString())));
            return found;
        });
        root().print(answers, text);
        return ExitCodes.OK;
    }

    /** The pool that a node is a member of. */
    static String poolOf(ApiClient api, String node) {
        return pools(api).stream()
                .filter(pool -> api.get(Paths.of("/v1/pools", pool, "nodes").toString())
                        .path("nodes")
                        .findValuesAsText("id")
                        .contains(node))
                .findFirst()
                .orElseThrow(() -> new CliException(
                        ExitCodes.BAD_INPUT, "there is no node " + node + " in any pool; 'drover nodes' lists them"));
    }

    private static List<String> pools(ApiClient api) {
        return api.get("/v1/pools")
                .path("pools")
                .valueStream()
                .map(pool -> Render.text(pool, "/spec/name"))
                .toList();
    }

    /** Adds one pool's answer to a table. */
    @FunctionalInterface
    interface PoolRows {
        void add(Table table, String pool, JsonNode answer);
    }
}
