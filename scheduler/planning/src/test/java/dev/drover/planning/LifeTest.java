package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LifeTest {
    @Test
    void firstPlacementToArchive() {
        FakeWorld world = FakeWorld.of(pool(), 1);
        world.submit(JOB, job(1, 0));
        world.until(100, () -> world.state().job(JOB).isEmpty());
        assertThat(world.pool.timeline(PoolScript.START)).isEqualTo("");
        assertThat(SHARD).isEqualTo(node(1));
    }
}
