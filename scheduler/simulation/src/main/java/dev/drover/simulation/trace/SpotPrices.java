package dev.drover.simulation.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What an hour of spot costs in a zone, at a tick of its trace. */
public sealed interface SpotPrices {
    double perHour(String zone, int tick);

    /** The same everywhere and always. */
    record Flat(double price) implements SpotPrices {
        @Override
        public double perHour(String zone, int tick) {
            return price;
        }
    }

    /** A price holds from its tick until the zone's next change; before the first, the first holds. */
    record ChangePoints(Map<String, NavigableMap<Integer, Double>> changes) implements SpotPrices {
        @Override
        public double perHour(String zone, int tick) {
            NavigableMap<Integer, Double> prices = changes.get(zone);
            if (prices == null) {
                throw new TraceException(
                        "prices: there are none for zone '" + zone + "'; use one of " + changes.keySet());
            }
            Map.Entry<Integer, Double> holding = prices.floorEntry(tick);
            return (holding == null ? prices.firstEntry() : holding).getValue();
        }
    }

    /**
     * Reads {@code flat:PRICE} or the name of a file of {@code zone,tick,usd_per_hour}.
     *
     * @throws TraceException if it is neither
     */
    static SpotPrices parse(String text) {
        if (text.startsWith("flat:")) {
            return new Flat(number("prices", text.substring("flat:".length())));
        }
        Path file = Path.of(text);
        if (!Files.isRegularFile(file)) {
            throw new TraceException("prices: '" + text
                    + "' is no file; use flat:PRICE, as flat:0.918, or a file of zone,tick,usd_per_hour");
        }
        try {
            List<String> lines = Files.readAllLines(file);
            Map<String, NavigableMap<Integer, Double>> changes = new HashMap<>();
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                String[] columns = line.split(",", -1);
                if (columns.length != 3) {
                    throw new TraceException("prices: '" + line + "' is not allowed; use zone,tick,usd_per_hour");
                }
                changes.computeIfAbsent(columns[0], zone -> new TreeMap<>())
                        .put((int) number("prices", columns[1]), number("prices", columns[2]));
            }
            return new ChangePoints(changes);
        } catch (IOException e) {
            throw new TraceException(file + ": can't be read: " + e.getMessage());
        }
    }

    private static double number(String field, String text) {
        try {
            double number = Double.parseDouble(text);
            if (number >= 0 && !Double.isInfinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new TraceException(field + ": '" + text + "' is not allowed; use a number of 0 or more");
    }
}
