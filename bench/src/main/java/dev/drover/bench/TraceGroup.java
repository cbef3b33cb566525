package dev.drover.bench;

import dev.drover.protocol.market.Market;
import dev.drover.simulation.trace.MarketTraces;
import dev.drover.simulation.trace.SpotPrices;
import dev.drover.simulation.trace.TraceException;
import dev.drover.simulation.trace.ZoneTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Zones of one set of traces that a job uses together, at one kind of prices.
 *
 * @param prices {@code flat} or {@code real}
 * @param leastCount how many instances make a zone open
 */
record TraceGroup(Path set, List<String> zones, String prices, int leastCount) {
    private static final String REAL_PRICES = "spot_prices_changepoints.csv";
    private static final SpotPrices FLAT = new SpotPrices.Flat(0.918);
    private static final String TRACE = ".json";

    TraceGroup {
        zones = List.copyOf(zones);
    }

    String setName() {
        return set.getFileName().toString();
    }

    boolean isSingle() {
        return zones.size() == 1;
    }

    String text() {
        return setName() + " " + String.join("+", zones) + ", " + prices + " prices";
    }

    MarketTraces read() {
        SpotPrices spot = prices.equals("flat")
                ? FLAT
                : SpotPrices.parse(set.resolve(REAL_PRICES).toString());
        return MarketTraces.read(set, zones, spot, leastCount);
    }

    /**
     * The groups of all sets in a directory: each zone alone; of each instance type all zones of a region, and one zone of each
     * region, as often as there are two to take; and those that {@code golden_multi_zone.csv} names.
     *
     * @throws TraceException if a trace can't be read
     */
    static List<TraceGroup> in(Path directory) throws IOException {
        List<TraceGroup> groups = new ArrayList<>();
        for (Path set : list(directory)) {
            if (Files.isDirectory(set)) {
                groups.addAll(ofSet(set, golden(directory, set.getFileName().toString())));
            }
        }
        return groups;
    }

    private static List<TraceGroup> ofSet(Path set, List<List<String>> golden) throws IOException {
        List<ZoneTrace> traces = new ArrayList<>();
        List<Market> markets = new ArrayList<>();
        for (Path file : list(set)) {
            String name = file.getFileName().toString();
            if (name.endsWith(TRACE)) {
                ZoneTrace trace = ZoneTrace.read(set, name.substring(0, name.length() - TRACE.length()));
                traces.add(trace);
                markets.addAll(
                        MarketTraces.read(set, List.of(trace.zone()), FLAT, 1).markets());
            }
        }
        int gang = traces.stream().flatMap(trace -> trace.counts().stream()).reduce(1, Math::max);
        Set<List<String>> groups = new LinkedHashSet<>();
        traces.forEach(trace -> groups.add(List.of(trace.zone())));
        Map<String, Map<String, List<String>>> byTypeAndRegion = new TreeMap<>();
        for (int i = 0; i < traces.size(); i++) {
            byTypeAndRegion
                    .computeIfAbsent(markets.get(i).instanceType(), type -> new TreeMap<>())
                    .computeIfAbsent(markets.get(i).region(), region -> new ArrayList<>())
                    .add(traces.get(i).zone());
        }
        byTypeAndRegion.values().forEach(regions -> groups.addAll(several(List.copyOf(regions.values()))));
        groups.addAll(golden);
        List<String> prices = Files.exists(set.resolve(REAL_PRICES)) ? List.of("flat", "real") : List.of("flat");
        return groups.stream()
                .flatMap(zones -> prices.stream().map(price -> new TraceGroup(set, zones, price, gang)))
                .toList();
    }

    private static List<List<String>> several(List<List<String>> regions) {
        List<List<String>> groups = new ArrayList<>(regions);
        int most = regions.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < most; i++) {
            int at = i;
            groups.add(regions.stream()
                    .filter(zones -> zones.size() > at)
                    .map(zones -> zones.get(at))
                    .toList());
        }
        return groups.stream().filter(zones -> zones.size() > 1).toList();
    }

    private static List<List<String>> golden(Path directory, String set) throws IOException {
        Path file = directory.resolve("golden_multi_zone.csv");
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.split(",", -1))
                    .filter(columns -> columns[0].equals(set))
                    .map(columns -> List.of(columns[1].split("\\+", -1)))
                    .distinct()
                    .toList();
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
