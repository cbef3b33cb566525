package dev.drover.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** What a command did. */
record Ran(int code, String out, String err) {
    /** Runs a command against a server, with the key {@code generated-key} where it needs a new one. */
    static Ran command(FakeServer server, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--url", server.url(), "--token", FakeServer.TOKEN));
        return plain(all.toArray(String[]::new));
    }

    static Ran plain(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = DroverCli.commandLine(() -> "generated-key", false)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        int code = line.execute(args);
        return new Ran(code, out.toString(), err.toString());
    }
}
