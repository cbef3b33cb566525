package dev.drover.http;

import dev.drover.protocol.api.JobView;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;

/** Streams what happens to a job, as server-sent events. */
final class EventRoutes {
    private final ApiPorts ports;
    private final Jobs jobs;
    private final Executor executor;

    EventRoutes(ApiPorts ports, Jobs jobs, Executor executor) {
        this.ports = ports;
        this.jobs = jobs;
        this.executor = executor;
    }

    List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/v1/jobs/{job}/events", this::events));
    }

    private HttpResponse events(Call call) {
        Query query = call.query();
        boolean telemetry = query.flag("telemetry");
        query.finish();
        JobView job = jobs.find(call.job());
        long after = call.header("Last-Event-ID").map(EventRoutes::sequence).orElse(-1L);
        EventFeed feed = new EventFeed(
                ports, jobs, job.id(), after, telemetry ? job.spec().shards() : 0);
        return Answers.stream(MediaTypes.TEXT_EVENT_STREAM.toContentType(), Polled.source(feed, executor));
    }

    private static long sequence(String text) {
        try {
            return Long.parseLong(text.trim());
        } catch (NumberFormatException e) {
            throw ProblemException.of(
                    Problem.Kind.MALFORMED_REQUEST,
                    "Last-Event-ID",
                    text,
                    "the id of the last event seen, a whole number");
        }
    }
}
