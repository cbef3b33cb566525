package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JobEventsTest {
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");
    private static final JobId JOB = new JobId("job-1");
    private static final ShardId SHARD = new ShardId(JOB, 0);
    private static final Lease FIRST = new Lease(SHARD, 1);
    private static final Lease SECOND = new Lease(SHARD, 2);
    private static final NodeId NODE = new NodeId("n-1");
    private static final CheckpointRef CHECKPOINT = new CheckpointRef(FIRST, 20, "ab".repeat(32));
    private static final Reason REASON = Reason.of(Reason.Code.EVICTION_NOTICE, "The cloud takes n-1.");
    private static final Reason DONE = Reason.of(Reason.Code.COMPLETED, "All 20 steps are made and saved.");

    /** An eviction, told. */
    @Test
    void aStoryReadsInPlainSentences() {
        List<PoolEvent> events = List.of(
                World.submitted(JOB, AT),
                new PoolEvent.PoolPaused(AT),
                new PoolEvent.ShardTargeted(SHARD, NODE, REASON, AT),
                new PoolEvent.ShardGranted(FIRST, NODE, Optional.empty(), REASON, AT),
                new PoolEvent.ShardStarted(FIRST, AT),
                new PoolEvent.ShardDetached(FIRST, 25, REASON, AT),
                new PoolEvent.ShardGranted(SECOND, NODE, Optional.of(CHECKPOINT), REASON, AT),
                new PoolEvent.ShardCaughtUp(SECOND, 25, AT),
                new PoolEvent.ShardAdopted(SECOND, NODE, AT),
                new PoolEvent.CheckpointRejected(SECOND, CHECKPOINT, REASON, AT),
                new PoolEvent.TargetDropped(SHARD, REASON, AT),
                new PoolEvent.ShardFailed(SECOND, 30, REASON, true, AT),
                new PoolEvent.ShardSucceeded(SECOND, Optional.of(CHECKPOINT), DONE, AT),
                new PoolEvent.JobCancelled(JOB, "not needed", AT),
                new PoolEvent.JobFinished(JOB, JobState.SUCCEEDED, DONE, AT),
                new PoolEvent.JobFinished(JOB, JobState.FAILED, REASON, AT),
                new PoolEvent.JobArchived(JOB, AT),
                new PoolEvent.ShardPreempted(SECOND, REASON, AT));
        assertThat(told(events))
                .extracting(event -> event.sequence() + " " + event.kind() + ": " + event.text())
                .containsExactly(
                        "1 submitted: Submitted by ada: 'train', 1 shard.",
                        "3 targeted: A slot on n-1 is kept for it. The cloud takes n-1.",
                        "4 granted: Generation 1 goes to n-1, from the beginning. The cloud takes n-1.",
                        "5 started: Generation 1 trains.",
                        "6 detached: Generation 1 has left its node after step 25. The cloud takes n-1.",
                        "7 granted: Generation 2 goes to n-1, after step 20 of generation 1. The cloud takes n-1.",
                        "8 caught-up: Generation 2 has made again what was lost, up to step 25.",
                        "9 adopted: n-1 came back still running generation 2: it goes on there.",
                        "10 checkpoint-rejected: The checkpoint after step 20 of generation 1 is not valid and never"
                                + " counts again. The cloud takes n-1.",
                        "11 target-dropped: Its slot is not kept any more. The cloud takes n-1.",
                        "12 failed: The program failed after step 30, for the last time. The cloud takes n-1.",
                        "13 succeeded: Generation 2 is done. All 20 steps are made and saved.",
                        "14 cancelled: Cancelled: not needed",
                        "15 finished: The job succeeded.",
                        "16 finished: The job failed. The cloud takes n-1.",
                        "18 preempted: Generation 2 is to save and leave its node. The cloud takes n-1.");
        assertThat(told(events)).isEqualTo(told(events));
    }

    private static List<JobEvent> told(List<PoolEvent> events) {
        return IntStream.range(0, events.size())
                .mapToObj(index -> JobEvents.of(events.get(index), index + 1))
                .flatMap(Optional::stream)
                .toList();
    }
}
