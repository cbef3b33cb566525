package dev.drover.http;

import dev.drover.persistence.read.ReadModel.TelemetryRow;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what is new of one job: its events, each exactly once and in order, and between them a few of its steps. Ends with an
 * {@code end} event once the job is finished and everything was said.
 */
final class EventFeed implements Polled.Feed {
    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);
    private static final int EVENTS_AT_A_TIME = 500;
    /** What a late watcher sees of the curve so far, per shard. */
    private static final int POINTS_AT_FIRST = 200;

    private static final int POINTS_AT_A_TIME = 4;

    private final ApiPorts ports;
    private final JobId job;
    private final Jobs jobs;
    private final List<Curve> curves;
    private final Duration stepsEvery;
    private long lastSequence;
    private Instant lastSaid;
    private Instant stepsDue;
    private boolean greeted;
    private boolean firstSteps = true;
    private boolean moved = true;
    private boolean settled;
    private boolean over;

    /**
     * Starts after an event.
     *
     * @param shardsShown how many shards' steps to show, 0 for none
     */
    EventFeed(ApiPorts ports, Jobs jobs, JobId job, long afterSequence, int shardsShown) {
        this.ports = ports;
        this.jobs = jobs;
        this.job = job;
        this.lastSequence = afterSequence;
        this.curves =
                IntStream.range(0, shardsShown).mapToObj(shard -> new Curve()).toList();
        this.stepsEvery = ports.limits().stepsEvery();
        this.lastSaid = ports.clock().instant();
        this.stepsDue = lastSaid;
    }

    @Override
    public Optional<String> next() {
        if (!greeted) {
            greeted = true;
            return said("retry: 1000\n: watching " + job + "\n\n");
        }
        while (!over) {
            // Read before the events: what was written before a job finished is then surely seen.
            Optional<JobView> finished = ports.readModel().finished(job);
            String news = events() + steps(finished.isPresent());
            if (!news.isEmpty()) {
                settled = false;
                return said(news);
            }
            if (finished.isPresent() && settled) {
                over = true;
                return said(event("end", Answers.jsonText(End.of(finished.get()))));
            }
            settled = finished.isPresent();
            if (!ports.clock().instant().isBefore(lastSaid.plus(ports.limits().heartbeatEvery()))) {
                return said(": nothing new\n\n");
            }
            Polled.pause(ports.limits().pollEvery());
        }
        return Optional.empty();
    }

    private String events() {
        StringBuilder text = new StringBuilder();
        for (JobEvent event : ports.readModel().events(job, lastSequence, EVENTS_AT_A_TIME)) {
            lastSequence = event.sequence();
            moved = true;
            text.append("id: ").append(lastSequence).append('\n').append(event("job", Answers.jsonText(event)));
        }
        return text.toString();
    }

    /** Steps carry no id: a stream that resumes does so after the last event, and shows the curve so far again. */
    private String steps(boolean all) {
        Instant now = ports.clock().instant();
        if (curves.isEmpty() || (now.isBefore(stepsDue) && !all)) {
            return "";
        }
        stepsDue = now.plus(stepsEvery);
        followShards();
        StringBuilder text = new StringBuilder();
        int points = firstSteps ? POINTS_AT_FIRST : POINTS_AT_A_TIME;
        firstSteps = false;
        for (int shard = 0; shard < curves.size(); shard++) {
            Curve curve = curves.get(shard);
            ports.readModel().telemetry(job, Optional.of(shard), curve.lastStep, false, points).stream()
                    .filter(curve::isNew)
                    .forEach(row -> text.append(event("step", Answers.jsonText(TelemetryPoint.of(row)))));
        }
        return text.toString();
    }

    /** After an event a shard may be in a new generation. A pool that is silent now is asked again with the next steps. */
    private void followShards() {
        if (moved) {
            try {
                for (ShardView shard : jobs.find(job).shards()) {
                    shard.attempts().forEach(curves.get(shard.index())::resumed);
                }
                moved = false;
            } catch (ProblemException e) {
                LOG.warn("Showing the steps of job {} without news of it: {}", job, e.getMessage());
            }
        }
    }

    private Optional<String> said(String text) {
        lastSaid = ports.clock().instant();
        return Optional.of(text);
    }

    private static String event(String kind, String data) {
        return "event: " + kind + "\ndata: " + data + "\n\n";
    }

    /** How far a shard's steps were shown. Goes back to where a later generation resumed, since that makes them again. */
    private static final class Curve {
        private int generation;
        private int resumedFromStep;
        private int lastStep;

        void resumed(AttemptView attempt) {
            if (attempt.generation() > generation) {
                generation = attempt.generation();
                resumedFromStep = attempt.resumedFromStep();
                lastStep = Math.min(lastStep, resumedFromStep);
            }
        }

        /** The read model may not know yet what a new generation undid. */
        boolean isNew(TelemetryRow row) {
            if (row.generation() < generation && row.step().step() > resumedFromStep) {
                return false;
            }
            lastStep = row.step().step();
            return true;
        }
    }

    /** The last event: how the job ended. */
    record End(JobId job, String state) {
        static End of(JobView job) {
            return new End(job.id(), job.state().name());
        }
    }
}
