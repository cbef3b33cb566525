package dev.drover.control;

import dev.drover.planning.Intent;
import dev.drover.planning.input.Input;
import dev.drover.protocol.id.PoolName;
import java.util.List;
import java.util.function.Consumer;

/** Hands a pool's intents to whoever does them. */
final class IntentRouter {
    private final Executors executors;
    private final AgentSessions agents;
    private final PoolName pool;
    private final Consumer<Input> results;

    IntentRouter(Executors executors, AgentSessions agents, PoolName pool, Consumer<Input> results) {
        this.executors = executors;
        this.agents = agents;
        this.pool = pool;
        this.results = results;
    }

    /** Those who do things, one set per scheduler. */
    record Executors(LaunchExecutor launches, CheckpointExecutor checkpoints, ArchiveExecutor archives) {}

    void doAll(List<Intent> intents) {
        intents.forEach(this::doOne);
    }

    private void doOne(Intent intent) {
        switch (intent) {
            case Intent.LaunchNode launch -> executors.launches().launch(pool, launch, results);
            case Intent.TerminateNode terminate -> executors.launches().terminate(terminate.node(), results);
            case Intent.KillNode kill -> executors.launches().kill(kill.node(), results);
            case Intent.ProbeNode probe -> executors.launches().probe(probe.node(), results);
            case Intent.TellAgent tell -> agents.tell(tell.node(), tell.command());
            case Intent.ReadCheckpoints read -> executors.checkpoints().read(read, results);
            case Intent.Archive archive -> executors.archives().archive(archive.job(), results);
        }
    }
}
