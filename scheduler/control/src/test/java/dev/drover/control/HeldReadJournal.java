package dev.drover.control;

import com.typesafe.config.Config;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.ReadJournalProvider;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.scaladsl.ReadJournal;
import org.apache.pekko.persistence.testkit.query.PersistenceTestKitReadJournalProvider;
import org.apache.pekko.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import org.apache.pekko.stream.javadsl.Source;

/** The test kit's read journal, with answers that can be held back: they say what was there when it was asked. */
public final class HeldReadJournal implements ReadJournalProvider {
    static final String ID = "held-read-journal";
    static final String CONFIG = ID + ".class = \"" + HeldReadJournal.class.getName() + "\"";

    private final PersistenceTestKitReadJournalProvider kit;
    private final Java journal;

    public HeldReadJournal(ExtendedActorSystem system, Config config) {
        this.kit =
                new PersistenceTestKitReadJournalProvider(system, config, PersistenceTestKitReadJournal.Identifier());
        this.journal = new Java(kit.javadslReadJournal());
    }

    @Override
    public ReadJournal scaladslReadJournal() {
        return kit.scaladslReadJournal();
    }

    @Override
    public Java javadslReadJournal() {
        return journal;
    }

    static final class Java implements CurrentEventsByPersistenceIdQuery {
        private final CurrentEventsByPersistenceIdQuery journal;
        private volatile CompletableFuture<Boolean> released = CompletableFuture.completedFuture(true);
        private volatile boolean asked;

        private Java(CurrentEventsByPersistenceIdQuery journal) {
            this.journal = journal;
        }

        void hold() {
            asked = false;
            released = new CompletableFuture<>();
        }

        boolean isAsked() {
            return asked;
        }

        void release() {
            released.complete(true);
        }

        @Override
        public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(String id, long from, long to) {
            CompletableFuture<Boolean> gate = released;
            Source<EventEnvelope, NotUsed> events = journal.currentEventsByPersistenceId(id, from, to);
            asked = true;
            return events.mapAsync(1, event -> gate.thenApply(ignored -> event));
        }
    }
}
