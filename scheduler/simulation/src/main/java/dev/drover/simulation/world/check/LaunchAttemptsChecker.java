package dev.drover.simulation.world.check;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.pool.BackoffSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * While a market has nothing it is asked a bounded number of times: after the n-th refusal in a row it is left alone for {@code
 * delay(n)}, so in a time T from the first refusal there are at most
 *
 * <pre>1 + max {m : delay(1) + ... + delay(m) <= T}</pre>
 *
 * rounds of launches that name it. A round is what is asked for before the first answer of the round is known. Spot capacity that
 * is taken is an answer, too, to nobody's question; launches that were under way just then tell nothing new. A controller that
 * recovers has forgotten all refusals, and a launch that succeeds ends the drought.
 */
final class LaunchAttemptsChecker implements Checker {
    private final Map<Market, Drought> droughts = new HashMap<>();

    /** A time in which a market gave nothing. */
    private static final class Drought {
        private final Instant since;
        private int rounds = 1;
        private boolean answered = true;

        Drought(Instant since) {
            this.since = since;
        }
    }

    @Override
    public void happened(Instant at, Fact fact, Findings findings) {
        if (fact instanceof Fact.ControllerRecovered) {
            droughts.clear();
        }
    }

    @Override
    public void decided(Turn turn, Findings findings) {
        if (turn.input() instanceof Input.Launched launched) {
            droughts.remove(launched.market());
            refused(launched.refusals(), turn.at());
        } else if (turn.input() instanceof Input.LaunchRefused refused) {
            refused(refused.refusals(), turn.at());
        } else {
            taken(turn).ifPresent(market -> refused(market, turn.at()));
        }
        for (PoolEvent event : turn.decision().events()) {
            if (event instanceof PoolEvent.NodeRequested requested) {
                BackoffSpec backoff = turn.before().spec().orElseThrow().backoff();
                requested.markets().forEach(market -> asked(market, backoff, turn, findings));
            }
        }
    }

    /** The spot market that just took a node, or said that it will, and not one that the pool ends itself. */
    private static Optional<Market> taken(Turn turn) {
        Optional<Node> taken = Optional.empty();
        if (turn.input() instanceof Input.StatusReported(AgentReport.Status status)) {
            taken = turn.before()
                    .node(status.node())
                    .filter(node -> status.notice() != null && node.notice().isEmpty())
                    .filter(node -> turn.seen().isNews(status, turn.at()));
        } else if (turn.input() instanceof Input.InstanceEnded ended) {
            taken = turn.before().node(ended.node());
        }
        return taken.filter(node -> node.phase() != NodePhase.ENDING)
                .flatMap(Node::market)
                .filter(Market::isSpot);
    }

    private void refused(List<Refusal> refusals, Instant at) {
        refusals.forEach(refusal -> refused(refusal.market(), at));
    }

    private void refused(Market market, Instant at) {
        droughts.computeIfAbsent(market, ignored -> new Drought(at)).answered = true;
    }

    private void asked(Market market, BackoffSpec backoff, Turn turn, Findings findings) {
        Drought drought = droughts.get(market);
        if (drought == null || !drought.answered) {
            return;
        }
        drought.answered = false;
        drought.rounds++;
        int most = mostRounds(backoff, Duration.between(drought.since, turn.at()));
        if (drought.rounds > most) {
            findings.report(
                    this,
                    turn.at(),
                    "%s has had nothing since %s and is asked in round %d; %d are allowed"
                            .formatted(market, drought.since, drought.rounds, most));
        }
    }

    static int mostRounds(BackoffSpec backoff, Duration time) {
        Duration left = time;
        int rounds = 1;
        while (left.compareTo(backoff.after(rounds)) >= 0) {
            left = left.minus(backoff.after(rounds));
            rounds++;
        }
        return rounds;
    }
}
