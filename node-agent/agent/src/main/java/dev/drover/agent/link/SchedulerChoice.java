package dev.drover.agent.link;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which scheduler to dial next: each once, in an order drawn anew for each round, and none twice in a row while there are others. So the agents of a
 * scheduler that ends spread over all the others, and those that start together over all.
 */
final class SchedulerChoice {
    private final List<String> addresses;
    private final RandomGenerator random;
    private final Deque<String> round = new ArrayDeque<>();
    private String last = "";

    SchedulerChoice(List<String> addresses, RandomGenerator random) {
        this.addresses = List.copyOf(addresses);
        this.random = random;
    }

    String next() {
        if (round.isEmpty()) {
            List<String> order = new ArrayList<>(addresses);
            Collections.shuffle(order, random);
            if (order.getFirst().equals(last)) {
                Collections.swap(order, 0, random.nextInt(order.size()));
                if (order.getFirst().equals(last)) {
                    Collections.rotate(order, -1);
                }
            }
            round.addAll(order);
        }
        last = round.removeFirst();
        return last;
    }
}
