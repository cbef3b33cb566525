package dev.drover.simulation.world;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.shard.ShardWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/**
 * What a simulated program does: so many steps of so long each, a save every so many, and so long to publish it.
 *
 * <p>It travels as the job's own spec, so that an agent learns it as it learns any program's.
 */
record Training(int steps, int every, Duration step, Duration publish) {
    /** How long all its steps take. */
    Duration time() {
        return step.multipliedBy(steps);
    }

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("steps", steps)
                .put("every", every)
                .put("stepMillis", step.toMillis())
                .put("publishMillis", publish.toMillis());
    }

    static Training of(ShardTask task) {
        try {
            return of(ShardWire.json().readTree(task.specJson()));
        } catch (IOException e) {
            throw new UncheckedIOException("a task's spec is not what this world submitted: " + task.specJson(), e);
        }
    }

    static Training of(JsonNode spec) {
        return new Training(
                spec.path("steps").asInt(),
                spec.path("every").asInt(),
                Duration.ofMillis(spec.path("stepMillis").asLong()),
                Duration.ofMillis(spec.path("publishMillis").asLong()));
    }
}
