package dev.drover.cloud.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Prices, bills, launches and evictions as pure functions: a world without processes. */
class MarketBoardTest {
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    private static final Market SPOT = LocalCloudFixture.SPOT_A;
    private static final Market STEADY = SPOT.as(CapacityType.ON_DEMAND);
    private static final Catalog CATALOG = CatalogFile.parse("""
        notice: 30s
        quota: {spot: 3, onDemand: 1}
        traces:
          - {series: price, zone: local-east-a, file: p.json, speed: 1}
          - {series: capacity, zone: local-east-a, file: c.json, speed: 1}
        """, "test");
    private static final MarketBoard BOARD = new MarketBoard(
            CATALOG,
            1,
            EPOCH,
            List.of(
                    new TraceSeries(Duration.ofMinutes(10), List.of(0.10, 0.30)),
                    new TraceSeries(Duration.ofMinutes(10), List.of(2.0, 1.0))));

    private static Instant at(long seconds) {
        return EPOCH.plusSeconds(seconds);
    }

    @Test
    void spotIsSixtyToNinetyPercentBelowOnDemandEverywhere() {
        MarketBoard standard = new MarketBoard(Catalog.standard(), 1, EPOCH, List.of());
        for (Market market : Catalog.standard().markets()) {
            for (int i = 0; i < 200; i++) {
                Money price = standard.price(market, at(10L * i), List.of());
                Money onDemand = standard.price(market.as(CapacityType.ON_DEMAND), at(10L * i), List.of());
                BigDecimal share = price.amount().divide(onDemand.amount(), 6, java.math.RoundingMode.HALF_UP);
                if (market.isSpot()) {
                    assertThat(share).isBetween(new BigDecimal("0.0999"), new BigDecimal("0.4001"));
                } else {
                    assertThat(share).isEqualByComparingTo("1");
                }
            }
        }
    }

    @Test
    void seedsAndZonesHaveTheirOwnPrices() {
        MarketBoard one = new MarketBoard(Catalog.standard(), 1, EPOCH, List.of());
        MarketBoard two = new MarketBoard(Catalog.standard(), 2, EPOCH, List.of());
        Money price = one.price(SPOT, at(100), List.of());
        assertThat(two.price(SPOT, at(100), List.of())).isNotEqualTo(price);
        assertThat(one.price(LocalCloudFixture.SPOT_B, at(100), List.of())).isNotEqualTo(price);
        assertThat(one.nextPriceChange(SPOT, at(100), List.of())).isEqualTo(at(110));
        assertThat(one.nextPriceChange(STEADY, at(100), List.of())).isEqualTo(Instant.MAX);
    }

    @Test
    void billIsTheExactIntegralOverStepsAndOverrides() {
        // 100 s at 0.10, 200 s at 36, 300 s at 0.10, 60 s at 0.30.
        List<PriceOverride> overrides =
                List.of(new PriceOverride(MarketFilter.of(SPOT), Money.usd("36"), at(100), at(300)));
        Money expected = Money.usd("0.10")
                .perHourFor(Duration.ofSeconds(400))
                .plus(Money.usd("2"))
                .plus(Money.usd("0.30").perHourFor(Duration.ofSeconds(60)));
        Money cost = Billing.cost(BOARD, SPOT, at(0), at(660), overrides);
        assertThat(cost.minus(expected).amount().abs()).isLessThan(new BigDecimal("0.000000000003"));
        assertThat(Billing.cost(BOARD, SPOT, at(5), at(5), overrides)).isEqualTo(Money.usd("0"));
        assertThat(Billing.cost(BOARD, STEADY, at(0), at(3600), List.of())).isEqualTo(Money.usd("0.40"));
    }

    @Test
    void lastOverrideWinsAndEndedOnesStayForTheBill() {
        CloudState state = CloudState.begin(1, EPOCH, "s")
                .launched(record("a", SPOT))
                .priced(new PriceOverride(MarketFilter.all(), Money.usd("1"), at(10), null))
                .priced(new PriceOverride(MarketFilter.of(SPOT), Money.usd("2"), at(20), null));
        assertThat(BOARD.price(SPOT, at(15), state.prices())).isEqualTo(Money.usd("1"));
        assertThat(BOARD.price(SPOT, at(25), state.prices())).isEqualTo(Money.usd("2"));
        assertThat(BOARD.price(STEADY, at(25), state.prices())).isEqualTo(Money.usd("1"));
        CloudState back = state.unpriced(MarketFilter.all(), at(30)).forgetting(Duration.ofDays(1), at(40));
        assertThat(BOARD.price(SPOT, at(25), back.prices())).isEqualTo(Money.usd("2"));
        assertThat(BOARD.price(SPOT, at(30), back.prices())).isEqualTo(Money.usd("0.10"));
        CloudState idle = back.with(record("a", SPOT).ended(at(41), "over", Money.usd("0")));
        assertThat(idle.forgetting(Duration.ofDays(1), at(50)).prices()).isEmpty();
        assertThat(idle.forgetting(Duration.ofDays(1), at(50)).instances()).hasSize(1);
        assertThat(idle.forgetting(Duration.ofSeconds(5), at(50)).instances()).isEmpty();
    }

    @Test
    void launchTakesTheFirstMarketThatGives() {
        LaunchDecider decider = new LaunchDecider(CATALOG, BOARD);
        Market unknown = new Market("local", "local-east", "local-east-z", "local.small", CapacityType.SPOT);
        CloudState empty = CloudState.begin(1, EPOCH, "s");
        assertThat(decider.decide(empty, List.of(unknown, SPOT, STEADY), at(0)))
                .satisfies(decision -> assertThat(decision.market()).contains(SPOT))
                .satisfies(decision -> assertThat(decision.refusals())
                        .extracting(Refusal::kind)
                        .containsExactly(Refusal.Kind.NOT_OFFERED));

        CloudState two = empty.launched(record("a", SPOT)).launched(record("b", SPOT));
        LaunchDecider.Decision full = decider.decide(two, List.of(SPOT, STEADY), at(0));
        assertThat(full.market()).contains(STEADY);
        assertThat(full.refusals()).extracting(Refusal::code).containsExactly("InsufficientInstanceCapacity");

        CloudState three = two.launched(record("c", LocalCloudFixture.SPOT_B)).launched(record("d", STEADY));
        LaunchDecider.Decision none = decider.decide(three, List.of(LocalCloudFixture.SPOT_B, STEADY), at(0));
        assertThat(none.market()).isEmpty();
        assertThat(none.refusals())
                .extracting(Refusal::code)
                .containsExactly("MaxSpotInstanceCountExceeded", "InstanceLimitExceeded");
    }

    @Test
    void instanceUnderNoticeStillTakesItsPlaceForALaunchButIsNotEvictedTwice() {
        InstanceRecord noticed = record("b", SPOT).noticed(new InstanceRecord.Notice(at(630), "evicted"));
        CloudState state =
                CloudState.begin(1, EPOCH, "s").launched(record("a", SPOT)).launched(noticed);
        assertThat(new EvictionDecider(BOARD).decide(state, at(600))).isEmpty();
        assertThat(new LaunchDecider(CATALOG, BOARD)
                        .decide(state, List.of(SPOT), at(0))
                        .market())
                .isEmpty();
    }

    @Test
    void fallOfCapacityEvictsTheNewestWithTheCatalogsNotice() {
        CloudState state = CloudState.begin(1, EPOCH, "s")
                .launched(record("oldest", SPOT))
                .launched(record("newest", SPOT))
                .launched(record("steady", STEADY));
        EvictionDecider decider = new EvictionDecider(BOARD);
        assertThat(decider.decide(state, at(599))).isEmpty();
        assertThat(decider.decide(state, at(600))).singleElement().satisfies(eviction -> {
            assertThat(eviction.node()).isEqualTo(new OwnedNode("me", new NodeId("newest")));
            assertThat(eviction.notice().at()).isEqualTo(at(630));
        });
    }

    @Test
    void capacitySetByHandHoldsUntilSetBackWithItsOwnNotice() {
        EvictionDecider decider = new EvictionDecider(BOARD);
        CloudState state = CloudState.begin(1, EPOCH, "s")
                .launched(record("a", SPOT))
                .launched(record("b", STEADY))
                .bounded(new CapacityOverride(MarketFilter.zone("local-east-a"), 0, Duration.ofSeconds(5)));
        assertThat(decider.decide(state, at(0)))
                .hasSize(2)
                .allSatisfy(eviction -> assertThat(eviction.notice().at()).isEqualTo(at(5)));
        MarketFilter spotOnly = MarketFilter.zone("local-east-a").only(CapacityType.SPOT);
        assertThat(decider.decide(state.unbounded(spotOnly), at(0)))
                .as("another filter sets nothing back")
                .hasSize(2);
        assertThat(decider.decide(state.unbounded(MarketFilter.zone("local-east-a")), at(0)))
                .isEmpty();
        assertThat(decider.decide(state.unbounded(MarketFilter.all()), at(0))).isEmpty();
    }

    private static InstanceRecord record(String node, Market market) {
        Instance instance = new Instance(
                new NodeId(node),
                "i-" + node,
                market,
                Money.usd("0.1"),
                "me",
                Map.of(),
                InstanceState.RUNNING,
                EPOCH,
                null,
                null);
        return new InstanceRecord(instance, List.of(), 0, 1, null, null, null, null, null);
    }
}
