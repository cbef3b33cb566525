package dev.drover.control;

import dev.drover.planning.input.Input;
import dev.drover.protocol.id.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * What a pool has yet to decide on: what it is told and what it is asked, each in order of arrival. What is told comes first, so that
 * no crowd of askers makes a node look silent; but never more than half of what is taken while somebody asks.
 *
 * <p>What is told is bounded by nodes, not by time: a node's newer status, newer offers and a further tick replace the ones that wait,
 * since each says all there is to know, and a node's newer connection replaces all that waits of its former ones. Of questions no more
 * than {@link #MAX_ASKED} wait: beyond that they would be answered too late.
 */
final class Inbox {
    static final int MAX_ASKED = 4_000;

    private final Map<Object, Request> told = new LinkedHashMap<>();
    private final Queue<Request> asked = new ArrayDeque<>();
    private final Map<NodeId, List<Long>> connections = new HashMap<>();
    private long arrivals;

    /** Adds a request, and says whether there was room for it. */
    boolean add(Request request) {
        if (request.input() instanceof Input.Asked) {
            return asked.size() < MAX_ASKED && asked.add(request);
        }
        told.put(key(request.input()), request);
        return true;
    }

    /** Takes out at most {@code limit} requests, the oldest ones of each kind. */
    List<Request> take(int limit) {
        List<Request> taken = new ArrayList<>();
        takeTold(taken, asked.isEmpty() ? limit : limit / 2);
        while (!asked.isEmpty() && taken.size() < limit) {
            taken.add(asked.remove());
        }
        takeTold(taken, limit);
        if (told.isEmpty()) {
            connections.clear();
        }
        return taken;
    }

    private void takeTold(List<Request> taken, int limit) {
        var oldest = told.values().iterator();
        while (oldest.hasNext() && taken.size() < limit) {
            taken.add(oldest.next());
            oldest.remove();
        }
    }

    boolean isEmpty() {
        return told.isEmpty() && asked.isEmpty();
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
                connections.getOrDefault(node, List.of()).forEach(told::remove);
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
