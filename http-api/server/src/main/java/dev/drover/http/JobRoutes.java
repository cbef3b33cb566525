package dev.drover.http;

import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.spec.SpecFields;
import dev.drover.protocol.spec.SpecText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Shows, changes and cancels jobs. */
final class JobRoutes {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    private final Pools pools;
    private final Jobs jobs;
    private final ReadModel readModel;

    JobRoutes(Pools pools, Jobs jobs, ReadModel readModel) {
        this.pools = pools;
        this.jobs = jobs;
        this.readModel = readModel;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/v1/jobs", this::list),
                Endpoint.get(
                        "/v1/jobs/{job}",
                        call -> Answers.json(200, jobs.find(call.withoutQuery().job()))),
                Endpoint.user(HttpMethods.PATCH, "/v1/jobs/{job}", this::change),
                Endpoint.user(HttpMethods.DELETE, "/v1/jobs/{job}", this::cancel),
                Endpoint.user(HttpMethods.POST, "/v1/jobs/{job}/cancel", this::cancel));
    }

    private HttpResponse list(Call call) {
        Query query = call.query();
        Optional<JobState> state = query.choice("state", JobState.class);
        Optional<PoolName> pool = query.pool("pool");
        int limit = query.integer("limit", 1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
        query.finish();
        Map<JobId, JobView> found = new LinkedHashMap<>();
        List<PoolName> unanswered = new ArrayList<>();
        boolean onlyFinished = state.map(JobState::isFinal).orElse(false);
        List<PoolName> asked = pool.map(List::of).orElseGet(pools::all);
        pools.askAll(asked, new PoolCommand.ListJobs()).forEach((name, reply) -> {
            if (reply.isEmpty()) {
                unanswered.add(name);
            } else if (reply.get() instanceof PoolReply.Jobs(List<JobView> live)) {
                live.forEach(job -> found.put(job.id(), job));
            } else if (reply.get() instanceof PoolReply.NotFound(String what) && pool.isPresent()) {
                throw Pools.notFound(what);
            }
        });
        if (onlyFinished || state.isEmpty()) {
            readModel.finished(pool, state.isPresent() ? MAX_LIMIT : limit).forEach(job -> found.put(job.id(), job));
        }
        List<JobView> shown = found.values().stream()
                .filter(job -> state.isEmpty() || job.state() == state.get())
                .sorted(Comparator.comparing(JobView::submittedAt).reversed().thenComparing(JobView::id))
                .limit(limit)
                .toList();
        return Answers.json(200, new JobList(shown, unanswered));
    }

    /** Of a job only its budget can change; null lifts it. */
    private HttpResponse change(Call call) {
        JobView job = jobs.find(call.withoutQuery().job());
        SpecFields body = SpecFields.of(SpecText.parse(call.specText()));
        if (!body.names().contains("budget")) {
            body.problem("budget", "", "an amount as 60 USD, or null for none");
        }
        Optional<Money> budget = body.money("budget");
        body.finish();
        body.throwIfAnyProblem();
        if (job.state().isFinal()) {
            throw new ProblemException(
                    Problem.Kind.CONFLICT,
                    "job " + job.id() + " is " + job.state()
                            + " already; only a job that is not finished has a budget to change");
        }
        pools.ask(job.pool(), new PoolCommand.SetBudget(job.id(), budget));
        return Answers.json(200, jobs.find(job.id()));
    }

    private HttpResponse cancel(Call call) {
        JobView job = jobs.find(call.withoutQuery().job());
        if (job.state().isFinal()) {
            if (job.state() == JobState.CANCELLED) {
                return Answers.json(200, job);
            }
            throw new ProblemException(
                    Problem.Kind.CONFLICT,
                    "job " + job.id() + " is " + job.state()
                            + " already; only a job that is not finished can be cancelled");
        }
        String reason = "asked by " + call.role().owner();
        pools.ask(job.pool(), new PoolCommand.CancelJob(job.id(), reason));
        return Answers.json(200, jobs.find(job.id()));
    }

    /**
     * Jobs, the last submitted first.
     *
     * @param unanswered pools that did not answer in time: their live jobs are missing here
     */
    record JobList(List<JobView> jobs, List<PoolName> unanswered) {}
}
