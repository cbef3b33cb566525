package dev.drover.planning;

import static dev.drover.planning.Specs.cpus;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.pool;
import static dev.drover.planning.Specs.scheduled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.JobSubmitted;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.pool.CapacityMode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs that are submitted together. */
class BatchTest {
    private final FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 3), 1);

    private static PoolCommand.SubmitJob submission(String id, JobId... awaited) {
        return new PoolCommand.SubmitJob(new JobId(id), job(1, cpus(1), 0, scheduled(0, false, awaited)), "ann");
    }

    private List<String> taken() {
        return world.pool.events(JobSubmitted.class).stream()
                .map(taken -> taken.job().value())
                .toList();
    }

    @Test
    void allAreTakenInTheirOrderAndNoneTwice() {
        PoolCommand batch = new PoolCommand.SubmitJobs(List.of(submission("b"), submission("a")));
        assertThat(world.ask(batch)).isEqualTo(new PoolReply.Done());
        assertThat(world.ask(batch)).isEqualTo(new PoolReply.Done());
        assertThat(taken()).containsExactly("b", "a");
    }

    @Test
    void ifOneCanNotBeTakenNoneIs() {
        PoolCommand batch = new PoolCommand.SubmitJobs(
                List.of(submission("a"), submission("b", new JobId("nobody")), submission("c")));
        assertThat(world.ask(batch))
                .isInstanceOfSatisfying(
                        PoolReply.Rejected.class,
                        refused -> assertThat(refused.field()).isEqualTo("jobs[1].after"));
        assertThat(taken()).isEmpty();
    }
}
