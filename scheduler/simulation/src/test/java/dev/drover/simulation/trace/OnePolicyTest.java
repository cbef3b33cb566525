package dev.drover.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.input.MarketHistory;
import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.CapacityPolicy.Choice;
import dev.drover.planning.policy.Demand;
import dev.drover.planning.policy.Holding;
import dev.drover.planning.policy.LadderPolicy;
import dev.drover.planning.policy.Pace;
import dev.drover.planning.policy.Purchase;
import dev.drover.planning.policy.PurchasePolicy;
import dev.drover.planning.policy.Quote;
import dev.drover.planning.policy.Situation;
import dev.drover.planning.policy.SpotExperience;
import dev.drover.planning.policy.Wish;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PolicyName;
import dev.drover.protocol.pool.PoolSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * The live pool asks the policy that a replay asks: of every moment of recorded replays its {@link LadderPolicy} is told the same, as
 * offers, refusals and a pace, and it chooses what was chosen there.
 */
class OnePolicyTest {
    private static final int REPLAYS = 150;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration TICK = Duration.ofMinutes(10);
    private static final Resources NEED = new Resources("gpu", 1, new ByteSize(0));
    private static final JobTerms TERMS =
            new JobTerms(Duration.ofHours(8), Duration.ofHours(13), Duration.ofMinutes(12), 3);

    private final LadderPolicy ladder = new LadderPolicy();

    /** What a replay asked, and what it was told; {@code before} is what had been seen until then. */
    private record Asked(SpotExperience before, Situation situation, Purchase purchase) {}

    /** What a choice comes to. */
    private enum Kind {
        LAUNCHES_SPOT,
        LAUNCHES_ON_DEMAND,
        WAITS,
        STAYS,
        LEAVES_FOR_SPOT,
        LEAVES_FOR_ON_DEMAND,
        LETS_GO
    }

    @ParameterizedTest
    @EnumSource
    void theLivePoolChoosesWhatAReplayChose(PolicyName name) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (int seed = 0; seed < REPLAYS; seed++) {
            for (Asked asked : recorded(name, seed)) {
                // The pool goes by the work that is made, not by how much longer a node starts up.
                if (asked.situation().holding().startUpLeft().isZero()) {
                    kinds.add(assertChoosesTheSame(name, asked, seed));
                }
            }
        }
        assertThat(kinds).contains(Kind.LAUNCHES_SPOT, Kind.LAUNCHES_ON_DEMAND, Kind.WAITS, Kind.STAYS);
        if (name != PolicyName.GREEDY) {
            assertThat(kinds).containsAnyOf(Kind.LEAVES_FOR_SPOT, Kind.LEAVES_FOR_ON_DEMAND);
        }
    }

    private static List<Asked> recorded(PolicyName name, int seed) {
        List<Asked> all = new ArrayList<>();
        PurchasePolicy policy = PurchasePolicy.of(name);
        SeededMarkets markets = new SeededMarkets(new SplittableRandom(seed), TICK, TERMS);
        PurchasePolicy recording = situation -> {
            SpotExperience before = all.isEmpty()
                    ? SpotExperience.NONE
                    : all.getLast().situation().experience();
            all.add(new Asked(before, situation, policy.choose(situation)));
            return all.getLast().purchase();
        };
        Replay.run(markets, TERMS, 0, recording, markets);
        return all;
    }

    private Kind assertChoosesTheSame(PolicyName name, Asked asked, int seed) {
        Situation situation = asked.situation();
        PoolSpec pool = pool(name, situation);
        Demand demand = demand(situation);
        Observations seen = seen(asked);
        Optional<Choice> live = switch (situation.holding()) {
            case Holding.Nothing ignored -> Optional.of(ladder.choose(pool, demand, seen, NOW));
            case Holding.Spot(Market market, Duration ignored) ->
                ladder.reconsider(pool, node(market, seen), demand, seen, NOW);
            case Holding.OnDemand ignored ->
                ladder.reconsider(pool, node(onDemand(situation), seen), demand, seen, NOW);
        };
        Purchase replayed = asked.purchase();
        assertThat(said(live))
                .as("seed %d after %s: %s", seed, situation.elapsed(), replayed)
                .isEqualTo(said(replayed, situation.holding()));
        return kind(live, situation.holding());
    }

    /** Where it goes, "wait", or "stay". */
    private static String said(Optional<Choice> live) {
        return live.map(choice -> switch (choice) {
                    case Choice.Launch launch ->
                        launch.isSpot() ? launch.markets().getFirst().toString() : "on demand";
                    case Choice.Wait ignored -> "wait";
                })
                .orElse("stay");
    }

    private static String said(Purchase replayed, Holding held) {
        return switch (replayed) {
            case Purchase.Nothing ignored -> "wait";
            case Purchase.Spot(Market market, var ignored) ->
                held instanceof Holding.Spot(Market there, var left) && there.equals(market)
                        ? "stay"
                        : market.toString();
            case Purchase.OnDemand ignored -> held instanceof Holding.OnDemand ? "stay" : "on demand";
        };
    }

    private static Kind kind(Optional<Choice> live, Holding held) {
        boolean holds = !(held instanceof Holding.Nothing);
        return switch (said(live)) {
            case "stay" -> Kind.STAYS;
            case "wait" -> holds ? Kind.LETS_GO : Kind.WAITS;
            case "on demand" -> holds ? Kind.LEAVES_FOR_ON_DEMAND : Kind.LAUNCHES_ON_DEMAND;
            default -> holds ? Kind.LEAVES_FOR_SPOT : Kind.LAUNCHES_SPOT;
        };
    }

    // The same moment, as a live pool sees it.

    private static Market onDemand(Situation situation) {
        return situation.spot().getFirst().market().as(CapacityType.ON_DEMAND);
    }

    private static Offer offer(Market market, double pricePerHour) {
        return new Offer(market, new Money(new BigDecimal(pricePerHour), "USD"), NEED);
    }

    /** Its zones are in the replay's order of preference. */
    private static PoolSpec pool(PolicyName name, Situation situation) {
        PoolSpec spec = PoolSpec.defaults(new PoolName("p"));
        BuyingSpec buying = spec.buying();
        return new PoolSpec(
                spec.name(),
                CapacityMode.SPOT_WITH_FALLBACK,
                onDemand(situation).provider(),
                situation.spot().stream().map(quote -> quote.market().zone()).toList(),
                List.of(),
                0,
                2,
                spec.idleTimeout(),
                spec.agentsPreferWarm(),
                spec.lease(),
                spec.backoff(),
                spec.switchBack(),
                new BuyingSpec(
                        name,
                        buying.ladder(),
                        buying.fallbackAfter(),
                        buying.rebalance(),
                        buying.preemption(),
                        buying.budget(),
                        buying.ownerBudgets(),
                        buying.protectedTime()));
    }

    private static Demand demand(Situation situation) {
        Pace pace = new Pace(
                situation.elapsed(),
                situation.deadline(),
                situation.done(),
                situation.work(),
                situation.changeover(),
                situation.tick(),
                situation.lostLast());
        return new Demand(NEED, List.of(), Map.of(), Optional.empty(), Set.of(), Optional.of(pace), List.of());
    }

    private static Observations seen(Asked asked) {
        Situation situation = asked.situation();
        Market onDemand = onDemand(situation);
        PMap<Market, Offer> offers = TreePMap.singleton(onDemand, offer(onDemand, situation.onDemandPricePerHour()));
        Observations seen = Observations.startingAt(NOW);
        for (Quote quote : situation.spot()) {
            offers = offers.plus(quote.market(), offer(quote.market(), quote.pricePerHour()));
            if (!quote.open()) {
                Refusal none = new Refusal(quote.market(), Refusal.Kind.NO_CAPACITY, "none", "none");
                Instant until = NOW.plus(TICK);
                seen = seen.withRefusals(
                        seen.refusals().plus(quote.market(), new Observations.Refused(none, 1, NOW, until)));
            }
        }
        return seen.withOffers(offers)
                .withHistory(new MarketHistory(
                        NOW.minus(TICK),
                        Duration.ZERO,
                        HashTreePMap.empty(),
                        HashTreePMap.singleton(new Wish(NEED, List.of()), asked.before())));
    }

    /** Held for so long that nothing is too early. */
    private static Node node(Market market, Observations seen) {
        Instant then = NOW.minus(Duration.ofDays(1));
        Offer offer = Optional.ofNullable(seen.offers().get(market)).orElseThrow();
        return new Node(
                new NodeId("n"),
                NodePhase.READY,
                List.of(market),
                Optional.of(new Node.Instance("i", market, offer.pricePerHour(), NEED, then, then)),
                Optional.empty(),
                then,
                then,
                then,
                Reason.of(Reason.Code.CHEAPEST_SPOT, "Here."),
                Optional.empty());
    }
}
