package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An agenda misses nothing: where the clock has been looked at, a decision is the same whether it looks at what the input can
 * have changed or at all there is.
 */
final class AgendaCheck {
    /** A pass can make room for the next. More than this would be a pool that never comes to rest. */
    private static final int PASSES_AT_MOST = 20;

    /** What a fenced agent is told, but for the words. */
    private record Fenced(NodeId node, Lease lease) {}

    private final PoolDecider decider;

    AgendaCheck(PoolDecider decider) {
        this.decider = decider;
    }

    void check(PoolState before, Observations seenBefore, Input input, Instant now) {
        Input.Tick tick = new Input.Tick();
        Observations looked = decider.observe(seenBefore, before, tick, now);
        PoolState atRest = before;
        for (int i = 0; ; i++) {
            Decision upkeep = decider.decide(atRest, looked, tick, now);
            if (upkeep.events().isEmpty()) {
                break;
            }
            assertThat(i).as("passes before rest").isLessThan(PASSES_AT_MOST);
            atRest = atRest.applyAll(upkeep.events());
        }
        Observations seen = decider.observe(looked, atRest, input, now);
        Decision lean = decider.decide(atRest, seen, input, now);
        Decision thorough = decider.decide(atRest, seen, input, now, Agenda.ofEverything(input));
        assertThat(lean.events()).as("on " + input).isEqualTo(thorough.events());
        assertThat(lean.reply()).isEqualTo(thorough.reply());
        assertSameIntents(lean.intents(), thorough.intents(), decider.outstanding(atRest, seen, now));
    }

    /** That a lease is fenced is not told again where only the words for it have changed. */
    private static void assertSameIntents(List<Intent> lean, List<Intent> thorough, List<Intent> already) {
        Set<Fenced> fenced =
                already.stream().flatMap(intent -> fenced(intent).stream()).collect(Collectors.toSet());
        Set<Intent> missed = new HashSet<>(thorough);
        missed.removeAll(new HashSet<>(lean));
        missed.removeIf(intent -> fenced(intent).filter(fenced::contains).isPresent());
        assertThat(missed).as("intents that were missed").isEmpty();
        assertThat(thorough).as("what a look at everything shows").containsAll(lean);
    }

    private static Optional<Fenced> fenced(Intent intent) {
        return intent instanceof Intent.TellAgent(NodeId node, AgentCommand command)
                        && command instanceof AgentCommand.Release(Lease lease, String ignored)
                ? Optional.of(new Fenced(node, lease))
                : Optional.empty();
    }
}
