package dev.drover.simulation.world.check;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Input;
import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A node is lost for silence only when nothing was heard of it for a whole lease, by a controller that was there to hear. */
final class SilenceChecker implements Checker {
    private final Map<NodeId, Instant> heard = new HashMap<>();
    private Instant listensSince = Instant.MIN;

    @Override
    public void happened(Instant at, Fact fact, Findings findings) {
        if (fact instanceof Fact.ControllerRecovered) {
            heard.clear();
            listensSince = at;
        } else if (fact instanceof Fact.InstanceEnded(NodeId node)) {
            heard.remove(node);
        }
    }

    @Override
    public void decided(Turn turn, Findings findings) {
        if (turn.input() instanceof Input.StatusReported(var status)
                && turn.seen().isNews(status, turn.at())) {
            heard.put(status.node(), turn.at());
        }
        for (PoolEvent event : turn.decision().events()) {
            if (event instanceof PoolEvent.NodeLost lost) {
                Instant last = heard.getOrDefault(lost.node(), listensSince);
                Duration silence = Duration.between(last.isBefore(listensSince) ? listensSince : last, turn.at());
                Duration lease = turn.before().spec().orElseThrow().lease().length();
                if (silence.compareTo(lease) <= 0) {
                    findings.report(
                            this,
                            turn.at(),
                            "%s was lost after a silence of %s; its lease is %s"
                                    .formatted(lost.node(), silence, lease));
                }
            }
        }
    }
}
