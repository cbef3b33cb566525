package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.shard.ShardCommand;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.id.Lease;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

final class LeasesTest {
    private static final Lease LEASE = Lease.parse("job-a/0@1");

    private final Leases leases = new Leases();

    @Test
    void aCrashedOneStandsAsFailedAndIsNotStartedAgainUntilItIsReleased() {
        leases.hold(LEASE, TestInbox.<ShardCommand>create().getRef());
        leases.report(status(Phase.RUNNING));
        assertThat(leases.crashed(LEASE, "a bug")).isTrue();
        assertThat(leases.statuses()).singleElement().satisfies(status -> {
            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(status.reason()).isEqualTo("a bug");
            assertThat(status.step()).isEqualTo(7);
        });
        assertThat(leases.isOver(LEASE)).as("so a repeated order has no effect").isTrue();
        assertThat(leases.isOrphan(LEASE)).isTrue();
        leases.forget(LEASE);
        assertThat(leases.statuses()).isEmpty();
    }

    /** The news of an actor's end may come before its own last word. */
    @Test
    void aReleasedOneThatEndsHasNotCrashed() {
        leases.hold(LEASE, TestInbox.<ShardCommand>create().getRef());
        leases.report(status(Phase.RUNNING));
        leases.end(LEASE);
        assertThat(leases.crashed(LEASE, "a bug")).isFalse();
        assertThat(leases.statuses()).isEmpty();
        assertThat(leases.isEmpty()).isTrue();
    }

    private static ShardStatus status(Phase phase) {
        return new ShardStatus(LEASE, phase, 7, null, null, null, null, 0, 0);
    }
}
