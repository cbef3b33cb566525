package dev.drover.cloud.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A recorded series. Value i holds during {@code [i * step, (i + 1) * step)}; after the last one it begins again. */
record TraceSeries(Duration step, List<Double> values) implements SteppedSeries {
    TraceSeries {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("trace: data: empty; give at least one value");
        }
        if (step.isZero() || step.isNegative()) {
            throw new IllegalArgumentException("trace: a step of " + step + " is not allowed; use less speed");
        }
    }

    @Override
    public double at(Duration elapsed) {
        return values.get(Math.floorMod(elapsed.dividedBy(step), values.size()));
    }

    /**
     * Reads {@code {"metadata":{"gap_seconds":G,...},"data":[...]}}; further metadata is let be.
     *
     * @param speed recorded seconds per second
     * @throws IllegalArgumentException naming the file and what it lacks
     */
    static TraceSeries read(Path file, double speed) throws IOException {
        JsonNode tree = DroverJson.mapper().readTree(Files.readAllBytes(file));
        JsonNode gap = tree.path("metadata").path("gap_seconds");
        if (!gap.isNumber() || gap.asDouble() <= 0) {
            throw new IllegalArgumentException(file + ": metadata.gap_seconds: '" + gap + "'; use a number above 0");
        }
        List<Double> values = new ArrayList<>();
        for (JsonNode value : tree.path("data")) {
            if (!value.isNumber() || value.asDouble() < 0) {
                throw new IllegalArgumentException(
                        file + ": data[" + values.size() + "]: '" + value + "'; use numbers of 0 or more");
            }
            values.add(value.asDouble());
        }
        return new TraceSeries(Duration.ofNanos(Math.round(gap.asDouble() * 1e9 / speed)), values);
    }
}
