package dev.drover.dist;

import dev.drover.cli.DroverCli;
import picocli.CommandLine;

/** The {@code drover} program: the client's commands, and those that need the whole. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        CommandLine cli = DroverCli.commandLine(new CommandLine(new UpCommand()), new CommandLine(new DownCommand()));
        System.exit(cli.execute(args));
    }
}
