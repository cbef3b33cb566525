package dev.drover.control;

import dev.drover.protocol.api.PoolCommand;

/** Which commands only ask: those change nothing, so they need not wait for a write. */
final class Queries {
    private Queries() {}

    static boolean isQuery(PoolCommand command) {
        return switch (command) {
            case PoolCommand.ShowPool ignored -> true;
            case PoolCommand.ShowJob ignored -> true;
            case PoolCommand.ListJobs ignored -> true;
            case PoolCommand.ListNodes ignored -> true;
            case PoolCommand.ListMarkets ignored -> true;
            case PoolCommand.ShowCost ignored -> true;
            case PoolCommand.SubmitJob ignored -> false;
            case PoolCommand.CancelJob ignored -> false;
            case PoolCommand.ConfigurePool ignored -> false;
            case PoolCommand.ScalePool ignored -> false;
            case PoolCommand.PausePool ignored -> false;
            case PoolCommand.ResumePool ignored -> false;
            case PoolCommand.DrainNode ignored -> false;
            case PoolCommand.EvictNode ignored -> false;
        };
    }
}
