package dev.drover.agent.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.id.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EvictionMarginPolicyTest {
    private static final Duration UNMEASURED = Duration.ofSeconds(5);

    @Test
    void twiceAllSavesAndTheLongestStep() {
        assertThat(EvictionMarginPolicy.margin(List.of(shard(400, 50), shard(600, 300)), UNMEASURED))
                .isEqualTo(Duration.ofMillis(2300));
    }

    @Test
    void unmeasuredShardsGetTheDefault() {
        assertThat(EvictionMarginPolicy.margin(List.of(shard(400, 50), shard(0, 50)), UNMEASURED))
                .isEqualTo(UNMEASURED);
    }

    @Test
    void neverLessThanHalfASecond() {
        assertThat(EvictionMarginPolicy.margin(List.of(shard(1, 1)), UNMEASURED))
                .isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void whatIsNoNoticeIsNone() {
        assertThat(EvictionWatch.awsNotice("{\"action\":\"terminate\",\"time\":\"2026-01-01T00:02:00Z\"}"))
                .hasValue(
                        new EvictionNotice(EvictionNotice.Source.AWS_METADATA, Instant.parse("2026-01-01T00:02:00Z")));
        assertThat(EvictionWatch.awsNotice("<html>")).isEmpty();
        assertThat(EvictionWatch.awsNotice("{}")).isEmpty();
        assertThat(EvictionWatch.alibabaNotice("2026-01-01T00:02:00Z\n"))
                .hasValue(new EvictionNotice(
                        EvictionNotice.Source.ALIBABA_METADATA, Instant.parse("2026-01-01T00:02:00Z")));
        assertThat(EvictionWatch.alibabaNotice("soon")).isEmpty();
    }

    private static ShardStatus shard(double saveMillis, double stepMillis) {
        return new ShardStatus(
                Lease.parse("job-a/0@1"), ShardStatus.Phase.RUNNING, 1, null, null, null, null, saveMillis, stepMillis);
    }
}
