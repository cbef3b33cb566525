package dev.drover.control;

import dev.drover.planning.input.Input;
import dev.drover.protocol.id.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pool has yet to decide on, in order of arrival.
 *
 * <p>Bounded by nodes, not by time: a node's newer status, newer offers and a further tick replace the ones that wait, since
 * each says all there is to know. Questions beyond {@link #MAX_PENDING} are refused.
 */
final class Inbox {
    static final int MAX_PENDING = 20_000;

    private final Map<Object, Request> pending = new LinkedHashMap<>();
    private final Map<NodeId, Long> epochs = new HashMap<>();
    private long arrivals;

    /** Adds a request, and says whether there was room for it. */
    boolean add(Request request) {
        Object key = key(request.input());
        if (!pending.containsKey(key) && pending.size() >= MAX_PENDING) {
            return false;
        }
        pending.put(key, request);
        return true;
    }

    /** Takes out at most {@code limit} requests, the oldest ones. */
    List<Request> take(int limit) {
        List<Request> taken = new ArrayList<>();
        var oldest = pending.values().iterator();
        while (oldest.hasNext() && taken.size() < limit) {
            taken.add(oldest.next());
            oldest.remove();
        }
        if (pending.isEmpty()) {
            epochs.clear();
        }
        return taken;
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    /** Requests with the same key say the same thing: the newer one takes the older one's place. */
    private Object key(Input input) {
        arrivals++;
        return switch (input) {
            case Input.Tick tick -> tick;
            case Input.OffersSeen ignored -> Input.OffersSeen.class;
            case Input.StatusReported report ->
                new StatusKey(report.status().node(), epochs.get(report.status().node()));
            // A status after a connection event must not slip in before it.
            case Input.AgentConnected connected -> newEpoch(connected.node());
            case Input.AgentDisconnected disconnected -> newEpoch(disconnected.node());
            case Input.Asked ignored -> arrivals;
            case Input.Launched ignored -> arrivals;
            case Input.LaunchRefused ignored -> arrivals;
            case Input.InstanceEnded ignored -> arrivals;
            case Input.CheckpointsRead ignored -> arrivals;
            case Input.Failed ignored -> arrivals;
            case Input.Archived ignored -> arrivals;
        };
    }

    private long newEpoch(NodeId node) {
        epochs.put(node, arrivals);
        return arrivals;
    }

    private record StatusKey(NodeId node, @Nullable Long epoch) {}
}
