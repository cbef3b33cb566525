package dev.drover.dist;

import picocli.CommandLine;

@CommandLine.Command(name = "drover")
final class RootCommand {
    static CommandLine commandLine(CommandLine... extra) {
        CommandLine root = new CommandLine(new RootCommand());
        for (CommandLine c : extra) root.addSubcommand(c);
        return root;
    }
}
