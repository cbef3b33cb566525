package dev.drover.planning.policy;

import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was seen of a job's spot markets since it was submitted: how long each has been open or closed, and how often such a
 * state ended at which age. It grows look by look, and is immutable.
 *
 * <p>What is concluded from it is settled anew when spot comes or goes, but no more often than {@link #REVISED_EVERY}, and each
 * {@link #QUIET} in which it does not, so that a conclusion is worth computing with.
 */
public final class SpotExperience {
    static final Duration REVISED_EVERY = Duration.ofHours(3);
    static final Duration QUIET = Duration.ofHours(6);

    public static final SpotExperience NONE =
            new SpotExperience(Map.of(), Spells.UNSEEN, 0, 0, Duration.ZERO, Settled.NONE);

    /** What was concluded, and from what. */
    private record Settled(Belief.Evidence evidence, Belief belief) {
        static final Settled NONE = of(Belief.Evidence.none(1));

        static Settled of(Belief.Evidence evidence) {
            return new Settled(evidence, Belief.after(evidence));
        }
    }

    private final Map<Market, Spells> markets;
    private final Spells together;
    private final int lost;
    private final int lostWithAnotherOpen;
    private final Duration sinceRevised;
    private final Settled settled;

    private SpotExperience(
            Map<Market, Spells> markets,
            Spells together,
            int lost,
            int lostWithAnotherOpen,
            Duration sinceRevised,
            Settled settled) {
        this.markets = markets;
        this.together = together;
        this.lost = lost;
        this.lostWithAnotherOpen = lostWithAnotherOpen;
        this.sinceRevised = sinceRevised;
        this.settled = settled;
    }

    /** After one more look, {@code passed} after the one before. */
    public SpotExperience after(List<Quote> quotes, Duration passed) {
        if (passed.isZero() && isAsSeen(quotes)) {
            return this;
        }
        Map<Market, Spells> seen = HashMap.newHashMap(quotes.size());
        boolean anyOpen = false;
        int lostNow = 0;
        for (Quote quote : quotes) {
            Spells before = markets.getOrDefault(quote.market(), Spells.UNSEEN);
            seen.put(quote.market(), before.after(quote.open(), passed));
            anyOpen |= quote.open();
            lostNow += before.isOpen() && !quote.open() ? 1 : 0;
        }
        Duration age = markets.isEmpty() ? REVISED_EVERY : sinceRevised.plus(passed);
        boolean news = anyOpen != together.isOpen() || lostNow > 0;
        boolean revise = age.compareTo(news || markets.isEmpty() ? REVISED_EVERY : QUIET) >= 0;
        SpotExperience grown = new SpotExperience(
                seen,
                together.after(anyOpen, passed),
                lost + lostNow,
                lostWithAnotherOpen + (anyOpen ? lostNow : 0),
                revise ? Duration.ZERO : age,
                settled);
        return revise ? grown.revised() : grown;
    }

    /** Each shard of a tick looks at the same markets. */
    private boolean isAsSeen(List<Quote> quotes) {
        return !quotes.isEmpty()
                && quotes.size() == markets.size()
                && quotes.stream().allMatch(quote -> {
                    Spells known = markets.get(quote.market());
                    return known != null && known.open().equals(Optional.of(quote.open()));
                });
    }

    SpotExperience revised() {
        Belief.Evidence now = new Belief.Evidence(losses(), together, markets.size(), lost, lostWithAnotherOpen);
        return new SpotExperience(markets, together, lost, lostWithAnotherOpen, sinceRevised, Settled.of(now));
    }

    /** One look later, with nothing learned from it: for futures that are drawn from what is believed now. */
    SpotExperience aged(List<Quote> quotes, Duration passed) {
        Map<Market, Spells> aged = HashMap.newHashMap(quotes.size());
        boolean anyOpen = false;
        for (Quote quote : quotes) {
            Spells before = markets.getOrDefault(quote.market(), Spells.UNSEEN);
            aged.put(quote.market(), before.aged(quote.open(), passed));
            anyOpen |= quote.open();
        }
        return new SpotExperience(
                aged, together.aged(anyOpen, passed), lost, lostWithAnotherOpen, sinceRevised, settled);
    }

    Belief belief() {
        return settled.belief();
    }

    /** What to believe, for a policy that leaves some of its parts out. */
    Belief belief(Set<AdaptivePolicy.Part> without) {
        return without.isEmpty() ? settled.belief() : Belief.after(settled.evidence(), without);
    }

    Spells of(Market market) {
        return markets.getOrDefault(market, Spells.UNSEEN);
    }

    Spells together() {
        return together;
    }

    /** How long these markets were looked at. */
    double hoursSeen() {
        return together.losses().allHours() + together.returns().allHours();
    }

    /** The age of the state that the market is in. */
    int age(Market market) {
        return markets.getOrDefault(market, Spells.UNSEEN).age();
    }

    /** For how long there has been any spot, or none at all. */
    int ageTogether() {
        return together.age();
    }

    /** How often, per hour, an instance in this market is lost, now: its own losses, leant on those of all markets. */
    double lossesPerHour(Market market) {
        Spells spells = markets.getOrDefault(market, Spells.UNSEEN);
        return spells.losses()
                .perHour(spells.age(), settled.belief().lossesPerHour(spells.age()), Belief.MARKET_WEIGHT);
    }

    /** How closed spells of single markets ended. */
    Rates returns() {
        return markets.values().stream().map(Spells::returns).reduce(Rates.NONE, Rates::plus);
    }

    private Rates losses() {
        return markets.values().stream().map(Spells::losses).reduce(Rates.NONE, Rates::plus);
    }
}
