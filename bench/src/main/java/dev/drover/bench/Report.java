package dev.drover.bench;

import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures with the conditions they were measured under. */
public final class Report {
    private final String title;
    private final Map<String, Object> conditions = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();

    /** One figure: its samples, and the limit it is held against, if there is one. */
    public record Row(String name, String unit, List<Double> samples, String limit) {
        public Row {
            samples = samples.stream().sorted().toList();
        }

        /** The middle sample, or the mean of the two in the middle. */
        public double median() {
            int middle = samples.size() / 2;
            if (samples.isEmpty()) {
                return Double.NaN;
            }
            return samples.size() % 2 == 1 ? samples.get(middle) : (samples.get(middle - 1) + samples.get(middle)) / 2;
        }
    }

    /** With the conditions that every benchmark has. */
    public Report(String title) {
        this.title = title;
        conditions.put("cores", Runtime.getRuntime().availableProcessors());
        conditions.put("cpu", cpu());
        conditions.put("loadAverage", loadAverage());
        conditions.put("java", System.getProperty("java.version"));
    }

    /** Says under what else it was measured. */
    public void condition(String name, Object value) {
        conditions.put(name, value);
    }

    /** Adds a figure. */
    public Row row(String name, String unit, List<Double> samples, String limit) {
        Row row = new Row(name, unit, samples, limit);
        rows.add(row);
        return row;
    }

    /** Prints all, as a table or as JSON. */
    public void print(boolean json) throws IOException {
        if (json) {
            Map<String, Object> all = conditions();
            all.put("rows", rows.stream().map(Report::json).toList());
            System.out.println(DroverJson.mapper().writeValueAsString(all));
            return;
        }
        printConditions();
        System.out.printf("%n%-52s %4s %10s %10s %10s  %-6s %s%n", "", "n", "min", "median", "max", "unit", "limit");
        for (Row row : rows) {
            System.out.printf(
                    "%-52s %4d %10.3f %10.3f %10.3f  %-6s %s%n",
                    row.name(),
                    row.samples().size(),
                    row.samples().isEmpty() ? Double.NaN : row.samples().getFirst(),
                    row.median(),
                    row.samples().isEmpty() ? Double.NaN : row.samples().getLast(),
                    row.unit(),
                    row.limit());
        }
    }

    public Map<String, Object> conditions() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("title", title);
        all.put("conditions", conditions);
        return all;
    }

    public void printConditions() {
        System.out.println("\n" + title);
        conditions.forEach((name, value) -> System.out.printf("  %-14s %s%n", name, value));
    }

    private static Map<String, Object> json(Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", row.name());
        json.put("unit", row.unit());
        json.put("median", row.median());
        json.put("samples", row.samples());
        json.put("limit", row.limit());
        return json;
    }

    private static String cpu() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String loadAverage() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).trim();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
