package dev.drover.protocol.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.spec.InvalidSpecException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolSpecReaderTest {
    private static final PoolName WEST = new PoolName("west");

    @Test
    void fillsInEveryDefault() {
        assertThat(PoolSpecReader.read("name: west")).isEqualTo(PoolSpec.defaults(WEST));
        assertThat(PoolSpecReader.read("{}", WEST)).isEqualTo(PoolSpec.defaults(WEST));
    }

    @Test
    void readsEveryField() {
        PoolSpec pool = PoolSpecReader.read("""
            name: west
            mode: spot-only
            provider: local
            zones: [us-west-2a, us-west-2b]
            instanceTypes: [p4d.24xlarge]
            minNodes: 1
            maxNodes: 3
            idleTimeout: 5m
            agentsPreferWarm: false
            lease: {length: 30s, heartbeat: 2s, runUntil: 2h, noticeMargin: 10s}
            backoff: {first: 1s, longest: 1m}
            switchBack: {after: 10m, changeover: 2m, horizon: 1h}
            """);
        assertThat(pool)
                .isEqualTo(new PoolSpec(
                        WEST,
                        CapacityMode.SPOT_ONLY,
                        "local",
                        List.of("us-west-2a", "us-west-2b"),
                        List.of("p4d.24xlarge"),
                        1,
                        3,
                        Duration.ofMinutes(5),
                        false,
                        new LeaseSpec(
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(2),
                                Duration.ofHours(2),
                                Duration.ofSeconds(10)),
                        new BackoffSpec(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                        new SwitchBackSpec(Duration.ofMinutes(10), Duration.ofMinutes(2), Duration.ofHours(1))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        mode: cheap                 | mode: 'cheap' is not allowed; use spot_only, spot_with_fallback, on_demand
        provider: nope              | provider: 'nope' is not allowed; use local
        minNodes: 9                 | minNodes: '9' is not allowed; use at most maxNodes (8)
        maxNodes: -1                | maxNodes: '-1' is not allowed; use a whole number from 0 to 10000
        zones: [../x]               | zones[0]: '../x' is not allowed; use 1 to 64 of letters, digits, '.', '_' and '-'
        idleTimeout: soon           | idleTimeout: 'soon' is not allowed; use a duration from 1s to 30d, as 30s
        idleTimeout: 999999999999d  | idleTimeout: '999999999999d' is not allowed; use a duration from 1s to 30d, as 30s
        lease: {heartbeat: 6s}      | lease.heartbeat: '6s' is not allowed; use less than a third of length (15s)
        lease: {length: 2s}         | lease.length: '2s' is not allowed; use a duration from 3s to 1h, as 30s
        lease: {runUntil: 2s}       | lease.runUntil: '2s' is not allowed; use at least length (15s)
        backoff: {first: 10m}       | backoff.first: '10m' is not allowed; use at most longest (5m)
        switchback: {after: 1m}     | switchback: '{"after":"1m"}' is not allowed; use 'switchBack'; there is no 'switchback'
        name: east                  | name: 'east' is not allowed; use 'west', as in the address, or leave it out
        agentsPreferWarm: maybe     | agentsPreferWarm: 'maybe' is not allowed; use true or false
        """)
    void refuses(String text, String message) {
        assertThatThrownBy(() -> PoolSpecReader.read(text, WEST))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessage(message);
    }

    @Test
    void needsANameFromSomewhere() {
        assertThatThrownBy(() -> PoolSpecReader.read("maxNodes: 2"))
                .hasMessage("name: is missing; use the pool's name, as default");
    }
}
