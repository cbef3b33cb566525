package dev.drover.bench.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void everyEntryAndFaultIsReadBack(@TempDir Path directory) throws Exception {
        JobId job = new JobId("job1");
        List<Entry> entries = new ArrayList<>(List.of(
                new Entry.Began(AT),
                new Entry.Submitting(AT, "key", "spec"),
                new Entry.Acknowledged(AT, "key", "spec", job, "http://s1"),
                new Entry.Ended(AT, job, "SUCCEEDED"),
                new Entry.Asked(AT, "cancel", List.of(job)),
                new Entry.FaultHealed(AT, 1),
                new Entry.FaultSkipped(AT, 2, "nothing there"),
                new Entry.SchedulerStarted(AT, 0, 4711),
                new Entry.SchedulerEnded(AT, 0),
                new Entry.Unhealed(AT, "scheduler 0"),
                new Entry.ProcessSeen(AT, "i-1", 4712, true),
                new Entry.ProcessGone(AT, "i-1", 4712, true)));
        FaultPlan.of(1, 60, Set.of())
                .forEach(planned -> entries.add(new Entry.FaultBegan(
                        AT,
                        planned.number(),
                        planned.fault(),
                        "somebody",
                        List.of(new NodeId("n1")),
                        List.of(new CheckpointRef(new Lease(new ShardId(job, 0), 1), 10, "digest")))));
        entries.add(new Entry.Interrupted(AT));
        HistoryFile file = new HistoryFile(directory.resolve("history.ndjson"));
        entries.forEach(file::add);
        file.add(new Entry.FaultHealed(AT, 60));
        assertThat(file.read()).isEqualTo(entries);
    }

    @Test
    void lineThatAKillToreIsPassedOverAndTheNextOnesAreNot(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("history.ndjson");
        new HistoryFile(path).add(new Entry.Began(AT));
        Files.writeString(path, "{\"is\":\"Inter", StandardOpenOption.APPEND);
        HistoryFile again = new HistoryFile(path);
        again.add(new Entry.FaultHealed(AT, 1));
        assertThat(again.read()).containsExactly(new Entry.Began(AT), new Entry.FaultHealed(AT, 1));
    }
}
