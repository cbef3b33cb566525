package dev.drover.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.PoolSpecReader;
import dev.drover.protocol.spec.SpecText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Creates and changes pools. */
@Command(
        name = "pool",
        description = "Creates and changes pools.",
        mixinStandardHelpOptions = true,
        subcommands = {PoolCommand.Create.class, PoolCommand.Update.class})
final class PoolCommand extends SubCommand {
    @Override
    int run() {
        throw new CliException(ExitCodes.BAD_INPUT, "use 'drover pool create FILE' or 'drover pool update FILE'");
    }

    /** Creates a pool. */
    @Command(name = "create", description = "Creates a pool from a file.", mixinStandardHelpOptions = true)
    static final class Create extends SubCommand {
        @Parameters(paramLabel = "FILE", description = "The pool, YAML or JSON; - for standard input")
        private String file = "";

        @Override
        int run() {
            return configure(this, file, false);
        }
    }

    /** Changes a pool. */
    @Command(name = "update", description = "Gives a pool a new spec from a file.", mixinStandardHelpOptions = true)
    static final class Update extends SubCommand {
        @Parameters(paramLabel = "FILE", description = "The pool, YAML or JSON; - for standard input")
        private String file = "";

        @Override
        int run() {
            return configure(this, file, true);
        }
    }

    /** The API would do either; whoever says create does not mean to replace. */
    private static int configure(SubCommand command, String file, boolean update) {
        String text = SpecFile.read(file);
        PoolSpec pool = PoolSpecReader.read(text);
        ObjectNode tree = SpecText.parse(text);
        String path = Paths.of("/v1/pools", pool.name().value()).toString();
        return command.root()
                .show(
                        api -> {
                            boolean exists = api.exists(path);
                            if (exists != update) {
                                throw new CliException(
                                        ExitCodes.BAD_INPUT,
                                        exists
                                                ? "there is a pool %s already; 'drover pool update' gives it a new spec"
                                                        .formatted(pool.name())
                                                : "there is no pool %s; 'drover pool create' makes it"
                                                        .formatted(pool.name()));
                            }
                            return api.send("PUT", path, tree.toString());
                        },
                        answer -> "pool " + pool.name() + " is " + (update ? "updated" : "created") + "\n");
    }
}
