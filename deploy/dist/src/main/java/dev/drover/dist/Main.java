package dev.drover.dist;

import dev.drover.cli.DroverCli;
import dev.drover.dist.certs.CertsCommand;
import dev.drover.dist.demo.DemoCommand;
import dev.drover.dist.simulate.SimulateCommand;
import picocli.CommandLine;

/** The {@code drover} program: the client's commands, and those that need the whole. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        CommandLine cli = DroverCli.commandLine(
                new CommandLine(new UpCommand()),
                new CommandLine(new DownCommand()),
                new CommandLine(new SchedulerCommand()),
                new CommandLine(new DemoCommand(
                        arguments -> Programs.ours(Programs.CONTROLLER_FLAGS, Main.class, arguments), Programs.root())),
                new CommandLine(new SimulateCommand()),
                new CommandLine(new CertsCommand()));
        System.exit(cli.execute(args));
    }
}
