package dev.drover.control;

import dev.drover.planning.event.PoolEvent;
import dev.drover.protocol.id.PoolName;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.stream.javadsl.Sink;

/** Reads what a pool's journal still holds. The plug-in is named by {@code drover.read-journal}. */
final class JournalReader {
    private final ActorSystem<?> system;
    private final CurrentEventsByPersistenceIdQuery journal;

    JournalReader(ActorSystem<?> system) {
        this.system = system;
        this.journal = PersistenceQuery.get(system)
                .getReadJournalFor(
                        CurrentEventsByPersistenceIdQuery.class,
                        system.settings().config().getString("drover.read-journal"));
    }

    /** An event with its place in the journal. */
    record Kept(PoolEvent event, long sequence) {}

    /** What is left of the events from {@code sequence} on. */
    CompletionStage<List<Kept>> read(PoolName pool, long sequence) {
        return journal.currentEventsByPersistenceId(
                        PoolActor.persistenceIdOf(pool).id(), sequence, Long.MAX_VALUE)
                .map(envelope -> new Kept((PoolEvent) envelope.event(), envelope.sequenceNr()))
                .runWith(Sink.seq(), system);
    }
}
