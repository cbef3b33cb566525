package dev.drover.simulation.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How many instances one zone had to give, tick by tick.
 *
 * @param zone the name of its file, without {@code .json}
 * @param gap the length of a tick
 * @param counts by tick; 0 means none
 */
public record ZoneTrace(String zone, Duration gap, List<Integer> counts) {
    public ZoneTrace {
        counts = List.copyOf(counts);
    }

    /**
     * Reads {@code {"metadata":{"gap_seconds":G},"data":[v0,v1,...]}}.
     *
     * @throws TraceException if the file is missing or is no such trace
     */
    public static ZoneTrace read(Path directory, String zone) {
        Path file = directory.resolve(zone + ".json");
        if (!Files.isRegularFile(file)) {
            throw new TraceException("zones: '" + zone + "' has no trace; " + file + " is missing");
        }
        try {
            JsonNode root = DroverJson.mapper().readTree(Files.readString(file));
            double seconds = root.path("metadata").path("gap_seconds").asDouble(0);
            JsonNode data = root.path("data");
            if (!(seconds > 0) || !data.isArray() || data.isEmpty()) {
                throw new TraceException(
                        file + ": is no trace; use metadata.gap_seconds above 0 and a list of counts in data");
            }
            List<Integer> counts = new ArrayList<>(data.size());
            for (int tick = 0; tick < data.size(); tick++) {
                JsonNode count = data.get(tick);
                if (!count.isNumber() || count.asDouble() < 0) {
                    throw new TraceException(
                            "%s: data[%d]: '%s' is not allowed; use a count of 0 or more".formatted(file, tick, count));
                }
                counts.add(count.asInt());
            }
            return new ZoneTrace(zone, Duration.ofMillis(Math.round(seconds * 1000)), counts);
        } catch (JsonProcessingException e) {
            throw new TraceException(file + ": is not well-formed JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new TraceException(file + ": can't be read: " + e.getMessage());
        }
    }
}
