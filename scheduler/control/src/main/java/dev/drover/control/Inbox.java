package dev.drover.control;

import dev.drover.planning.input.Input;
import dev.drover.protocol.id.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pool has yet to decide on, in order of arrival.
 *
 * <p>Bounded by nodes, not by time: a node's newer status, newer offers and a further tick replace the ones that wait, since
 * each says all there is to know. Beyond {@link #MAX_PENDING} all that is asked or told again is refused; connection events are
 * not, for nobody repeats them: a node's newer connection replaces all that waits of its former ones.
 */
final class Inbox {
    static final int MAX_PENDING = 20_000;

    private final Map<Object, Request> pending = new LinkedHashMap<>();
    private final Map<NodeId, List<Long>> connections = new HashMap<>();
    private long arrivals;

    /** Adds a request, and says whether there was room for it. */
    boolean add(Request request) {
        Object key = key(request.input());
        if (!pending.containsKey(key) && pending.size() >= MAX_PENDING && !isConnectionEvent(request.input())) {
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
            connections.clear();
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
                new StatusKey(
                        report.status().node(),
                        lastConnectionEvent(report.status().node()));
            case Input.AgentConnected(NodeId node, String ignored) -> {
                connections.getOrDefault(node, List.of()).forEach(pending::remove);
                connections.remove(node);
                yield connectionEvent(node);
            }
            case Input.AgentDisconnected(NodeId node, String ignored) -> connectionEvent(node);
            case Input.Asked ignored -> arrivals;
            case Input.Launched ignored -> arrivals;
            case Input.LaunchRefused ignored -> arrivals;
            case Input.InstanceEnded ignored -> arrivals;
            case Input.CheckpointsRead ignored -> arrivals;
            case Input.Failed ignored -> arrivals;
            case Input.Archived ignored -> arrivals;
        };
    }

    private static boolean isConnectionEvent(Input input) {
        return input instanceof Input.AgentConnected || input instanceof Input.AgentDisconnected;
    }

    private long connectionEvent(NodeId node) {
        connections.computeIfAbsent(node, key -> new ArrayList<>()).add(arrivals);
        return arrivals;
    }

    /** A status after a connection event must not slip in before it. */
    private Optional<Long> lastConnectionEvent(NodeId node) {
        return Optional.ofNullable(connections.get(node)).map(List::getLast);
    }

    private record StatusKey(NodeId node, Optional<Long> after) {}
}
