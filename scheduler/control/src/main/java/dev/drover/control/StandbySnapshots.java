package dev.drover.control;

import com.typesafe.config.Config;
import java.util.Optional;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.jdbc.snapshot.JdbcSnapshotStore;
import scala.Option;
import scala.concurrent.Future;

/**
 * The database's snapshots; but a pool that this scheduler has on {@link Standby} comes back from that, and only what happened since is
 * replayed. It is newer than any snapshot, and held to the journal by the same numbers.
 */
public final class StandbySnapshots extends JdbcSnapshotStore {
    /** As Pekko calls it. */
    public StandbySnapshots(Config config) {
        super(config);
    }

    @Override
    public Future<Option<SelectedSnapshot>> loadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        Optional<Standby.Held> held = Standby.of(context().system())
                .get(persistenceId)
                .filter(state -> state.sequence() <= criteria.maxSequenceNr());
        return held.isPresent()
                ? Future.successful(Option.apply(selected(persistenceId, held.get())))
                : super.loadAsync(persistenceId, criteria);
    }

    private static SelectedSnapshot selected(String persistenceId, Standby.Held held) {
        return new SelectedSnapshot(
                SnapshotMetadata.apply(persistenceId, held.sequence(), System.currentTimeMillis()), held.state());
    }
}
