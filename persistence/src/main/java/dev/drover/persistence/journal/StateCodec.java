package dev.drover.persistence.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import dev.drover.planning.state.ArchivedJob;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Ledger;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolLedger;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * A pool's snapshot as bytes: JSON under {@link #MANIFEST}.
 *
 * <p>Exact: a recovered state equals the one that was saved, to the nanosecond of a ledger. A snapshot is no mere shortcut:
 * the events before the older of the two that are kept are deleted, so without one that can be read the pool is lost. A pool
 * whose newest snapshot can't be read does not start.
 */
public final class StateCodec {
    public static final String MANIFEST = "pool.state.v3";

    /** Had jobs and pools of fewer fields, which have defaults, and ledgers without categories and owners. */
    private static final String FIRST_MANIFEST = "pool.state.v1";

    /** Did not keep how archived jobs had ended. */
    private static final String SECOND_MANIFEST = "pool.state.v2";

    private static final ObjectMapper MAPPER =
            JournalJson.canonical(DroverJson.mapper()).registerModule(exactDurations());

    private static final ObjectMapper FIRST_MAPPER = MAPPER.copy()
            .registerModule(
                    new SimpleModule("drover-first-ledgers").addDeserializer(Ledger.class, new LedgerV1.Reader()));

    private StateCodec() {}

    public static byte[] encode(PoolState state) {
        List<Job> jobs = state.jobs().values().stream()
                .sorted(Comparator.comparing(Job::id))
                .toList();
        List<Place> order = state.order().entrySet().stream()
                .map(entry -> new Place(entry.getKey(), entry.getValue()))
                .toList();
        List<Archived> archived = state.archived().entrySet().stream()
                .map(entry -> new Archived(
                        entry.getKey(), entry.getValue().at(), entry.getValue().outcome()))
                .sorted(Comparator.comparing(Archived::job))
                .toList();
        return JournalJson.write(
                MAPPER,
                new Snapshot(
                        state.spec(),
                        state.paused(),
                        List.copyOf(state.nodes().values()),
                        jobs,
                        order,
                        state.jobsSubmitted(),
                        archived,
                        state.nodesRequested(),
                        state.ledger().total(),
                        state.ledger().byOwner()));
    }

    /**
     * Reads a snapshot back.
     *
     * @throws JournalFormatException when the manifest is not known or the bytes are not such a snapshot
     */
    public static PoolState decode(String manifest, byte[] bytes) {
        List<String> known = List.of(FIRST_MANIFEST, SECOND_MANIFEST, MANIFEST);
        if (!known.contains(manifest)) {
            throw new JournalFormatException("the journal holds a snapshot '" + manifest + "', this version reads "
                    + String.join(", ", known) + "; run the version that wrote it, or a newer one");
        }
        Snapshot saved = JournalJson.read(
                manifest.equals(FIRST_MANIFEST) ? FIRST_MAPPER : MAPPER, bytes, manifest, Snapshot.class);
        TreePMap<NodeId, Node> nodes = TreePMap.empty();
        for (Node node : saved.nodes()) {
            nodes = nodes.plus(node.id(), node);
        }
        PMap<JobId, Job> jobs = HashTreePMap.empty();
        for (Job job : saved.jobs()) {
            jobs = jobs.plus(job.id(), job);
        }
        TreePMap<Long, JobId> order = TreePMap.empty();
        for (Place place : saved.order()) {
            order = order.plus(place.number(), place.job());
        }
        PMap<JobId, ArchivedJob> archived = HashTreePMap.empty();
        for (Archived entry : saved.archived()) {
            archived = archived.plus(entry.job(), new ArchivedJob(entry.at(), entry.outcome()));
        }
        return PoolState.of(
                saved.spec(),
                saved.paused(),
                nodes,
                jobs,
                order,
                saved.jobsSubmitted(),
                archived,
                saved.nodesRequested(),
                saved.poolLedger());
    }

    /** The state with its maps as lists, which is how the file has them. */
    private record Snapshot(
            Optional<PoolSpec> spec,
            boolean paused,
            List<Node> nodes,
            List<Job> jobs,
            List<Place> order,
            long jobsSubmitted,
            List<Archived> archived,
            long nodesRequested,
            Ledger ledger,
            @Nullable Map<String, Money> spentByOwner) {
        PoolLedger poolLedger() {
            return spentByOwner == null
                    ? PoolLedger.of(ledger, jobs)
                    : new PoolLedger(ledger, HashTreePMap.from(spentByOwner));
        }
    }

    private record Place(long number, JobId job) {}

    private record Archived(JobId job, Instant at, Optional<JobState> outcome) {}

    /** {@code PT0.000000001S} instead of {@code 0ms}: people's form of a duration drops what a ledger must keep. */
    private static SimpleModule exactDurations() {
        return new SimpleModule("drover-exact-durations")
                .addSerializer(Duration.class, new ExactWriter())
                .addDeserializer(Duration.class, new ExactReader());
    }

    private static final class ExactWriter extends StdScalarSerializer<Duration> {
        @Serial
        private static final long serialVersionUID = 1L;

        ExactWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value.toString());
        }
    }

    private static final class ExactReader extends StdScalarDeserializer<Duration> {
        @Serial
        private static final long serialVersionUID = 1L;

        ExactReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return Duration.parse(in.getText());
        }
    }
}
