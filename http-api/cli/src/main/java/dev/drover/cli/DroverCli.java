package dev.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.spec.InvalidSpecException;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line: how to reach the server, and how to show its answers. */
@Command(
        name = "drover",
        description = "Trains on spot capacity; evictions do not change the result.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the job failed or was cancelled (with --follow), or a simulated world broke a promise",
            "2:the command or its input is wrong",
            "3:the server can't be reached, or refuses"
        },
        subcommands = {
            SubmitCommand.class,
            PlanCommand.class,
            QueueCommand.class,
            ShowCommand.class,
            LogsCommand.class,
            TelemetryCommand.class,
            CancelCommand.class,
            BudgetCommand.class,
            PoolsCommand.class,
            PoolCommand.class,
            ScaleCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            NodesCommand.class,
            DrainCommand.class,
            EvictCommand.class,
            MarketsCommand.class,
            CostCommand.class,
            SchedulersCommand.class
        })
public final class DroverCli implements Runnable {
    private static final String HOME = ".drover";
    private static final Path DEFAULT_HOME = Path.of(HOME);

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:DROVER_URL}",
            description =
                    "The server, as http://127.0.0.1:7070; or several of one cluster, with commas between them, of which the"
                            + " next is asked when one does not answer. Also DROVER_URL, or client.json in --home")
    private @Nullable String url;

    @Option(
            names = "--token",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:DROVER_TOKEN}",
            description = "The bearer token. Also DROVER_TOKEN, or client.json in --home")
    private @Nullable String token;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:DROVER_CA}",
            description =
                    "The CA of an https server, in PEM; no other is trusted then. Also DROVER_CA, or client.json in"
                            + " --home")
    private @Nullable String ca;

    @Option(
            names = "--home",
            scope = ScopeType.INHERIT,
            defaultValue = HOME,
            description = "The data directory of a server on this machine (default: ${DEFAULT-VALUE})")
    private Path home = DEFAULT_HOME;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Answers as JSON, progress on stderr")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    private final Supplier<String> newKey;
    private final boolean isTerminal;

    private DroverCli(Supplier<String> newKey, boolean isTerminal) {
        this.newKey = newKey;
        this.isTerminal = isTerminal;
    }

    /** The whole command line; {@code extra} are further subcommands, as {@code up} and {@code demo}, by their own names. */
    public static CommandLine commandLine(CommandLine... extra) {
        boolean isTerminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return commandLine(() -> UUID.randomUUID().toString(), isTerminal, extra);
    }

    static CommandLine commandLine(Supplier<String> newKey, boolean isTerminal, CommandLine... extra) {
        CommandLine root = new CommandLine(new DroverCli(newKey, isTerminal));
        for (CommandLine command : extra) {
            root.addSubcommand(command);
        }
        root.getCommandSpec().versionProvider(DroverCli::version);
        root.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec().versionProvider(DroverCli::version));
        return root.setCaseInsensitiveEnumValuesAllowed(true).setExecutionExceptionHandler((failure, at, parsed) -> {
            switch (failure) {
                case CliException known -> {
                    at.getErr().println(known.getMessage());
                    return known.exitCode();
                }
                case InvalidSpecException invalid -> {
                    at.getErr().println(invalid.getMessage());
                    return ExitCodes.BAD_INPUT;
                }
                default -> throw failure;
            }
        });
    }

    /** As the jar has it; there is none where classes are not in one. */
    private static String[] version() {
        String version = DroverCli.class.getPackage().getImplementationVersion();
        return new String[] {"drover " + (version == null ? "dev" : version)};
    }

    @Override
    public void run() {
        started().usage(out());
    }

    /** Where a server on this machine keeps its data. */
    public Path home() {
        return home;
    }

    /** Asks the server, for one command. */
    <T> T ask(Function<ApiClient, T> question) {
        Target target = Target.find(given(url), given(token), given(ca).map(Path::of), home);
        try (ApiClient client = new ApiClient(target, err())) {
            return question.apply(client);
        }
    }

    /** Asks, and shows the answer: as it is with {@code --json}, rendered otherwise. */
    int show(Function<ApiClient, JsonNode> question, Function<JsonNode, String> render) {
        print(ask(question), render);
        return ExitCodes.OK;
    }

    void print(JsonNode answer, Function<JsonNode, String> render) {
        if (json) {
            out().println(answer.toPrettyString());
        } else {
            out().print(render.apply(answer));
        }
        out().flush();
    }

    /** Whether answers are for programs. */
    public boolean isJson() {
        return json;
    }

    boolean isTerminal() {
        return isTerminal;
    }

    /** How a person types another command for the same server. */
    public String typed(String command) {
        return home.equals(DEFAULT_HOME) ? "./drover " + command : "./drover --home " + home + " " + command;
    }

    String newKey() {
        return newKey.get();
    }

    PrintWriter out() {
        return started().getOut();
    }

    PrintWriter err() {
        return started().getErr();
    }

    private CommandLine started() {
        if (spec == null) {
            throw new IllegalStateException("the command was not started by its command line");
        }
        return spec.commandLine();
    }

    private static Optional<String> given(@Nullable String value) {
        return Optional.ofNullable(value).filter(text -> !text.isBlank());
    }
}
