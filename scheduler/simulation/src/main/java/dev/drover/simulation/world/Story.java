package dev.drover.simulation.world;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.input.Input;
import dev.drover.simulation.world.check.Turn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last decisions that changed something, with their reasons, until it is closed. Bills are left out. */
final class Story {
    private static final int LAST = 40;
    private static final int LONGEST = 400;

    private final Deque<Turn> turns = new ArrayDeque<>();
    private boolean closed;

    void add(Turn turn) {
        if (closed || turn.decision().events().stream().allMatch(NodeBilled.class::isInstance)) {
            return;
        }
        if (turns.size() == LAST) {
            turns.removeFirst();
        }
        turns.addLast(turn);
    }

    /** What led to the first finding tells most. */
    void close() {
        closed = true;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Turn turn : turns) {
            Duration at = Duration.between(VirtualTime.START, turn.at());
            lines.add("%s on %s".formatted(at, shortened(input(turn.input()))));
            for (PoolEvent event : turn.decision().events()) {
                if (!(event instanceof NodeBilled)) {
                    lines.add("    " + shortened(event.toString()));
                }
            }
        }
        return lines;
    }

    private static String input(Input input) {
        return input instanceof Input.OffersSeen ? "OffersSeen" : input.toString();
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " ...";
    }
}
