package dev.drover.protocol.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.spec.InvalidSpecException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
            mode: spot-with-fallback
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
            policy: uniform-progress
            ladder:
              - {zones: [us-west-2a], instanceTypes: [p4d.24xlarge], maxPrice: 12.50 USD}
              - {accelerator: a10g, regions: [us-east-1]}
              - {capacityType: on-demand, spendLimit: {amount: 1e2, currency: USD}}
            fallbackAfter: 10m
            rebalance: {mode: move, after: 90s}
            preemption: true
            budget: {amount: 500, currency: USD}
            ownerBudgets: {bob: 0 USD, ada@example.org: 200 USD}
            protectedTime: 1h
            """);
        assertThat(pool)
                .isEqualTo(new PoolSpec(
                        WEST,
                        CapacityMode.SPOT_WITH_FALLBACK,
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
                        new SwitchBackSpec(Duration.ofMinutes(10), Duration.ofMinutes(2), Duration.ofHours(1)),
                        buying()));
    }

    private static BuyingSpec buying() {
        return new BuyingSpec(
                PolicyName.UNIFORM_PROGRESS,
                ladder(),
                Duration.ofMinutes(10),
                new RebalanceSpec(RebalanceMode.MOVE, Duration.ofSeconds(90)),
                true,
                Optional.of(Money.usd("500")),
                Map.of("ada@example.org", Money.usd("200"), "bob", Money.usd("0")),
                Duration.ofHours(1));
    }

    private static List<RungSpec> ladder() {
        return List.of(
                new RungSpec(
                        CapacityType.SPOT,
                        Optional.empty(),
                        List.of(),
                        List.of("us-west-2a"),
                        List.of("p4d.24xlarge"),
                        Optional.of(Money.usd("12.5")),
                        Optional.empty(),
                        OptionalInt.empty()),
                new RungSpec(
                        CapacityType.SPOT,
                        Optional.of("a10g"),
                        List.of("us-east-1"),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty()),
                new RungSpec(
                        CapacityType.ON_DEMAND,
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.of(Money.usd("100")),
                        OptionalInt.empty()));
    }

    @Test
    void readsWhatIsWrittenOfAPool() throws Exception {
        PoolSpec pool = PoolSpecReader.read("""
            name: west
            ladder: [{maxPrice: 0.123456789012 USD}, {capacityType: on_demand, accelerator: a100}]
            rebalance: {mode: prepare}
            ownerBudgets: {zoe: 1 USD, ada: 20 USD}
            """);
        String json = DroverJson.mapper().writeValueAsString(pool);
        assertThat(json).contains("\"ownerBudgets\":{\"ada\":{").doesNotContain("buying");
        assertThat(DroverJson.mapper().readValue(json, PoolSpec.class)).isEqualTo(pool);
        assertThat(PoolSpecReader.read(json)).isEqualTo(pool);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        policy: dear                                 | policy: 'dear' is not allowed; use greedy, uniform_progress, adaptive
        ladder: spot                                 | ladder: 'spot' is not allowed; use a list of at most 16
        ladder: [spot]                               | ladder[0]: 'spot' is not allowed; use a mapping of fields
        ladder: [{capacityType: free}]               | ladder[0].capacityType: 'free' is not allowed; use spot, on_demand
        ladder: [{accelerator: A_100}]               | ladder[0].accelerator: 'A_100' is not allowed; use 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit
        ladder: [{}, {zones: [../x]}]                | ladder[1].zones[0]: '../x' is not allowed; use 1 to 64 of letters, digits, '.', '_' and '-'
        ladder: [{regions: [a b]}]                   | ladder[0].regions[0]: 'a b' is not allowed; use 1 to 64 of letters, digits, '.', '_' and '-'
        ladder: [{maxprice: 1 USD}]                  | ladder[0].maxprice: '1 USD' is not allowed; use 'maxPrice'; there is no 'maxprice'
        ladder: [{}, {capacityType: ON_DEMAND}, {}]  | ladder[2].capacityType: 'SPOT' is not allowed; use on_demand, or put it before every on-demand rung
        ladder: [{accelerator: a100, microBatch: 4}] | ladder[0].microBatch: '4' is not allowed; use it in a job's own ladder: its batch is its own
        {mode: SPOT_ONLY, ladder: [{capacityType: ON_DEMAND}]} | ladder[0].capacityType: 'ON_DEMAND' is not allowed; use what mode SPOT_ONLY buys
        {mode: ON_DEMAND, ladder: [{}]}              | ladder[0].capacityType: 'SPOT' is not allowed; use what mode ON_DEMAND buys
        fallbackAfter: -1s                           | fallbackAfter: '-1s' is not allowed; use a duration from 0ms to 30d, as 30s
        fallbackAfter: 31d                           | fallbackAfter: '31d' is not allowed; use a duration from 0ms to 30d, as 30s
        rebalance: move                              | rebalance: 'move' is not allowed; use a mapping of fields
        rebalance: {mode: flee}                      | rebalance.mode: 'flee' is not allowed; use ignore, prepare, move
        rebalance: {after: soon}                     | rebalance.after: 'soon' is not allowed; use a duration from 0ms to 30d, as 30s
        preemption: 1                                | preemption: '1' is not allowed; use true or false
        protectedTime: 1                             | protectedTime: '1' is not allowed; use a duration from 0ms to 30d, as 30s
        ownerBudgets: 20 USD                         | ownerBudgets: '20 USD' is not allowed; use a mapping of fields
        ownerBudgets: {ada: 20 USD, bob: 1 CNY}      | ownerBudgets.bob: '1 CNY' is not allowed; use an amount in USD, as the others
        {ladder: [{maxPrice: 1 CNY}], budget: 9 USD} | budget: '9 USD' is not allowed; use an amount in CNY, as the others
        ownerBudgets: {' ': 20 USD}                  | ownerBudgets. : ' ' is not allowed; use an owner's name of 1 to 255 printable characters
        """)
    void refusesWhatNoPoolBuys(String text, String message) {
        assertThatThrownBy(() -> PoolSpecReader.read(text, WEST))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessage(message);
    }

    @Test
    void countsOwnersAndRungs() {
        String owners = IntStream.rangeClosed(0, 1000)
                .mapToObj(i -> "o" + i + ": 1 USD")
                .collect(Collectors.joining(", ", "ownerBudgets: {", "}"));
        assertThatThrownBy(() -> PoolSpecReader.read(owners, WEST))
                .hasMessageEndingWith("use a mapping of at most 1000");
        assertThatThrownBy(() -> PoolSpecReader.read("ladder: [" + "{}, ".repeat(17) + "]", WEST))
                .hasMessageEndingWith("use a list of at most 16");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "40",
                "40 usd",
                "-1 USD",
                "USD 40",
                "1000000000000.1 USD",
                "0.1234567890123 USD",
                "1e3 USD",
                "{amount: 40}",
                "{amount: '40', currency: USD}",
                "{amount: 40, currency: dollars}",
                "{amount: -1, currency: USD}",
                "{amount: 1e9999, currency: USD}",
                "{amount: 1e-13, currency: USD}",
                "{amount: 40, currency: USD, tip: 1}",
                "[40, USD]"
            })
    void refusesWhatIsNoAmount(String budget) {
        assertThatThrownBy(() -> PoolSpecReader.read("budget: " + budget, WEST))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageStartingWith("budget: '")
                .hasMessageEndingWith("' is not allowed; use an amount from 0 to 1000000000000, of at most 12 decimals,"
                        + " with its currency, as 40 USD or {amount: 40, currency: USD}");
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
