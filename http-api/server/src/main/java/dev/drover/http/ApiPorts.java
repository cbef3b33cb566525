package dev.drover.http;

import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.api.PoolGateway;
import dev.drover.protocol.api.SchedulerGateway;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.DataFiles;
import dev.drover.protocol.store.ObjectStore;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * Everything the API needs from outside.
 *
 * @param store holds checkpoints and logs, as {@code CheckpointLayout} lays them out
 * @param newJob makes an id that was never used
 * @param dataFiles checks a submitted job's data
 * @param metrics is shown at {@code /metrics}; the API adds its own meters
 */
public record ApiPorts(
        PoolGateway gateway,
        SchedulerGateway schedulers,
        ReadModel readModel,
        ObjectStore store,
        Tokens tokens,
        ApiLimits limits,
        InstantSource clock,
        Supplier<JobId> newJob,
        DataFiles dataFiles,
        PrometheusMeterRegistry metrics) {}
