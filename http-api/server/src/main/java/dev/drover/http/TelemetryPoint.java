package dev.drover.http;

import dev.drover.persistence.read.ReadModel.TelemetryRow;
import dev.drover.protocol.shard.StepRecord;
import org.jspecify.annotations.Nullable;

/**
 * A step with its place, as the API shows it.
 *
 * @param lossBits the loss's exact bits, 8 hex digits: equal text means equal to the last bit
 */
record TelemetryPoint(
        int shard,
        int generation,
        int step,
        float loss,
        String lossBits,
        double learningRate,
        double gradientNorm,
        long samples,
        double tokensPerSecond,
        double pauseMillis,
        @Nullable Float evalLoss,
        long epochMillis,
        String node,
        String zone,
        String capacityType,
        boolean superseded) {
    static final String CSV_HEADER = "job,shard,generation,step,loss,loss_bits,node,zone,capacity_type,epoch_ms\n";

    static TelemetryPoint of(TelemetryRow row) {
        StepRecord step = row.step();
        return new TelemetryPoint(
                row.shard().index(),
                row.generation(),
                step.step(),
                step.loss(),
                "%08x".formatted(Float.floatToRawIntBits(step.loss())),
                step.learningRate(),
                step.gradientNorm(),
                step.samples(),
                step.tokensPerSecond(),
                step.pauseMillis(),
                step.evalLoss(),
                step.epochMillis(),
                row.node(),
                row.zone(),
                row.capacityType(),
                row.superseded());
    }

    /** One line of {@link #CSV_HEADER}'s columns. */
    String csv(String job) {
        return "%s,%d,%d,%d,%s,%s,%s,%s,%s,%d\n"
                .formatted(
                        job,
                        shard,
                        generation,
                        step,
                        Float.toString(loss),
                        lossBits,
                        quoted(node),
                        quoted(zone),
                        quoted(capacityType),
                        epochMillis);
    }

    private static String quoted(String text) {
        return text.matches("[^\",\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
