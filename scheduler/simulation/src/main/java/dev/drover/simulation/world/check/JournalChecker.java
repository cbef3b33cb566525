package dev.drover.simulation.world.check;

import java.time.Instant;

/** What was persisted gives the state again: a controller that crashes forgets only what it observed. */
final class JournalChecker implements Checker {
    @Override
    public void happened(Instant at, Fact fact, Findings findings) {
        if (fact instanceof Fact.ControllerRecovered(var lost, var refolded) && !lost.equals(refolded)) {
            findings.report(this, at, "the journal gave %s, the controller had %s".formatted(refolded, lost));
        }
    }
}
