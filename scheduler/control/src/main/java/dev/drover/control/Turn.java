package dev.drover.control;

import dev.drover.planning.Decision;
import dev.drover.planning.Intent;
import dev.drover.planning.PoolDecider;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.PoolReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came of one batch of requests, decided in order at one instant.
 *
 * @param events of all of them, for one write
 * @param intents and replies to hand out once the events are durable
 */
record Turn(Observations seen, List<PoolEvent> events, Set<Intent> intents, List<Answer> answers) {
    private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

    /** A reply on its way. */
    record Answer(ActorRef<PoolReply> to, PoolReply reply) {}

    static Turn take(PoolDecider decider, PoolState state, Observations observed, List<Request> requests, Instant now) {
        PoolState current = state;
        Observations seen = observed;
        List<PoolEvent> events = new ArrayList<>();
        Set<Intent> intents = new LinkedHashSet<>();
        List<Answer> answers = new ArrayList<>();
        for (Request request : requests) {
            try {
                Observations seenNow = decider.observe(seen, current, request.input(), now);
                Decision decision = decider.decide(current, seenNow, request.input(), now);
                current = decision.after();
                logChanges(seen, seenNow);
                seen = seenNow;
                events.addAll(decision.events());
                intents.addAll(decision.intents());
                decision.reply()
                        .ifPresent(reply -> request.replyTo().ifPresent(to -> answers.add(new Answer(to, reply))));
            } catch (RuntimeException e) {
                // A defect in deciding must cost one input, not the pool: it changes nothing, and its asker times out.
                LOG.error("a pool could not decide on {}; the input is dropped", request.input(), e);
            }
        }
        return new Turn(seen, List.copyOf(events), intents, List.copyOf(answers));
    }

    /** Says once that something fails, and how, however often it is tried. */
    private static void logChanges(Observations before, Observations after) {
        after.failing().forEach((effort, failing) -> {
            boolean known = before.failing(effort)
                    .filter(former -> former.cause().equals(failing.cause()))
                    .isPresent();
            if (!known) {
                LOG.warn("{} fails, and is tried again on and on: {}", effort, failing.cause());
            }
        });
        before.failing().keySet().stream()
                .filter(effort -> after.failing(effort).isEmpty())
                .forEach(effort -> LOG.info("{} fails no longer", effort));
    }
}
