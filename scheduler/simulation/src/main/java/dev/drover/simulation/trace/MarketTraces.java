package dev.drover.simulation.trace;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recorded markets: the zones that one job may use, side by side, over the ticks that all of them have. Immutable. */
public final class MarketTraces implements SpotMarkets {
    private static final Pattern ZONE_OF_REGION = Pattern.compile("(.*\\d)-?[a-z]");

    private final List<Market> markets;
    private final Duration gap;
    private final boolean[][] open;
    private final double[][] pricePerHour;

    /**
     * @param gap the length of a tick
     * @param open by market and tick
     * @param pricePerHour by market and tick
     */
    public MarketTraces(List<Market> markets, Duration gap, boolean[][] open, double[][] pricePerHour) {
        this.markets = List.copyOf(markets);
        this.gap = gap;
        this.open = Arrays.stream(open).map(boolean[]::clone).toArray(boolean[][]::new);
        this.pricePerHour = Arrays.stream(pricePerHour).map(double[]::clone).toArray(double[][]::new);
    }

    @Override
    public List<Market> markets() {
        return markets;
    }

    @Override
    public Duration gap() {
        return gap;
    }

    @Override
    public int ticks() {
        return open[0].length;
    }

    @Override
    public boolean isOpen(int market, int tick) {
        return open[market][tick];
    }

    @Override
    public double pricePerHour(int market, int tick) {
        return pricePerHour[market][tick];
    }

    /**
     * Reads the zones' traces.
     *
     * @param leastCount how many instances a zone must have to be open: the size of a gang
     * @throws TraceException if a trace is missing or they do not have the same gap
     */
    public static MarketTraces read(Path directory, List<String> zones, SpotPrices prices, int leastCount) {
        List<ZoneTrace> traces =
                zones.stream().map(zone -> ZoneTrace.read(directory, zone)).toList();
        Duration gap = traces.getFirst().gap();
        int ticks =
                traces.stream().mapToInt(trace -> trace.counts().size()).min().orElseThrow();
        boolean[][] open = new boolean[traces.size()][ticks];
        double[][] price = new double[traces.size()][ticks];
        List<Market> markets = new ArrayList<>();
        for (int zone = 0; zone < traces.size(); zone++) {
            ZoneTrace trace = traces.get(zone);
            if (!trace.gap().equals(gap)) {
                throw new TraceException("zones: '%s' has a gap of %d s and '%s' one of %d s; use zones of one gap"
                        .formatted(
                                zones.getFirst(),
                                gap.toSeconds(),
                                trace.zone(),
                                trace.gap().toSeconds()));
            }
            for (int tick = 0; tick < ticks; tick++) {
                open[zone][tick] = trace.counts().get(tick) >= leastCount;
                price[zone][tick] = prices.perHour(trace.zone(), tick);
            }
            markets.add(market(trace.zone()));
        }
        return new MarketTraces(markets, gap, open, price);
    }

    /** {@code us-west-2a_v100_8} is the type {@code v100_8} in zone {@code us-west-2a} of region {@code us-west-2}. */
    static Market market(String name) {
        int end = name.indexOf('_');
        String zone = end < 0 ? name : name.substring(0, end);
        String type = end < 0 ? "any" : name.substring(end + 1);
        Matcher form = ZONE_OF_REGION.matcher(zone);
        return new Market("trace", form.matches() ? form.group(1) : zone, zone, type, CapacityType.SPOT);
    }
}
