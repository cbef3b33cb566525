package dev.drover.http;

import dev.drover.persistence.read.ReadModel.Submission;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.DataFiles;
import dev.drover.protocol.job.JobBatchReader;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.spec.InvalidSpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * Takes jobs in.
 *
 * <p>A submission that was answered is durable. One that was not answered may be sent again under the same {@code
 * Idempotency-Key}: however often, it is one job. The key is claimed before the pool is told, for ever.
 */
final class SubmitRoute {
    private static final String KEY = "Idempotency-Key";
    private static final Pattern KEY_FORM = Pattern.compile("[\\x21-\\x7E]{1,255}");

    private final ApiPorts ports;
    private final Pools pools;

    SubmitRoute(ApiPorts ports, Pools pools) {
        this.ports = ports;
        this.pools = pools;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.user(HttpMethods.POST, "/v1/jobs", this::submit),
                Endpoint.user(HttpMethods.POST, "/v1/jobs/batch", this::submitBatch));
    }

    /** What was sent, once and for all. */
    private record Sent(Call call, String text, Optional<String> key, String digest) {
        static Sent of(Call call) {
            String text = call.withoutQuery().specText();
            Optional<String> key = call.header(KEY);
            key.ifPresent(SubmitRoute::requireKey);
            return new Sent(call, text, key, ManifestJson.sha256(call.body()));
        }
    }

    private Sent sent(Call call) {
        Sent sent = Sent.of(call);
        pools.turnAwayUnread(sent.text());
        return sent;
    }

    private HttpResponse submit(Call call) {
        Sent sent = sent(call);
        JobSpec spec;
        try {
            spec = JobSpecReader.read(sent.text(), ports.dataFiles());
            pools.require(spec.pool());
        } catch (InvalidSpecException | ProblemException e) {
            return replay(sent, earlier(sent, e));
        }
        return pools.within(spec.pool(), () -> {
            Submission claim = claim(sent, List.of(ports.newJob().get()), spec.pool());
            return claim.fresh() ? answer(201, tell(call, claim.job(), spec)) : replay(sent, claim);
        });
    }

    private HttpResponse submitBatch(Call call) {
        Sent sent = sent(call);
        List<JobSpec> specs;
        try {
            specs = JobBatchReader.read(sent.text(), ports.dataFiles());
            pools.require(specs.getFirst().pool());
        } catch (InvalidSpecException | ProblemException e) {
            return replayBatch(sent, earlier(sent, e));
        }
        PoolName pool = specs.getFirst().pool();
        return pools.within(pool, () -> {
            List<JobId> ids = BatchIds.of(ports.newJob().get(), specs.size());
            Submission claim = claim(sent, ids, pool);
            if (!claim.fresh()) {
                return replayBatch(sent, claim);
            }
            tellAll(call, pool, ids, specs);
            return Answers.json(201, new BatchAnswer(ids));
        });
    }

    private record BatchAnswer(List<JobId> ids) {}

    /** An answered submission stays answered, even when its data file has gone since. */
    private Submission earlier(Sent sent, RuntimeException refusal) {
        return sent.key().flatMap(ports.readModel()::claimed).orElseThrow(() -> refusal);
    }

    private Submission claim(Sent sent, List<JobId> jobs, PoolName pool) {
        return ports.readModel().claim(sent.key(), sent.key().isPresent() ? sent.digest() : "", jobs, pool);
    }

    private HttpResponse replay(Sent sent, Submission claim) {
        requireSameBody(sent, claim);
        JobView job = ports.readModel()
                .finished(claim.job())
                .orElseGet(
                        () -> tell(sent.call(), claim.job(), JobSpecReader.read(sent.text(), DataFiles.unchecked())));
        return replayed(answer(200, job));
    }

    private HttpResponse replayBatch(Sent sent, Submission claim) {
        requireSameBody(sent, claim);
        List<JobSpec> specs = JobBatchReader.read(sent.text(), DataFiles.unchecked());
        List<JobId> ids = BatchIds.startingWith(claim.job(), specs.size());
        List<JobId> live = new ArrayList<>();
        List<JobSpec> ofLive = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            if (ports.readModel().finished(ids.get(i)).isEmpty()) {
                live.add(ids.get(i));
                ofLive.add(specs.get(i));
            }
        }
        tellAll(sent.call(), claim.pool(), live, ofLive);
        return replayed(Answers.json(200, new BatchAnswer(ids)));
    }

    private static void requireSameBody(Sent sent, Submission claim) {
        if (!claim.bodyDigest().equals(sent.digest())) {
            throw new ProblemException(
                    Problem.Kind.CONFLICT,
                    "%s '%s' was used with another body, for job %s; use a new key, or the same body"
                            .formatted(KEY, sent.key().orElse(""), claim.job()));
        }
    }

    private static HttpResponse replayed(HttpResponse answer) {
        return answer.addHeader(RawHeader.create("Idempotency-Replayed", "true"));
    }

    /** Tells the pool; telling it twice is as good as once. */
    private JobView tell(Call call, JobId job, JobSpec spec) {
        PoolReply reply = ask(
                call,
                spec.pool(),
                List.of(job),
                new PoolCommand.SubmitJob(job, spec, call.role().owner()));
        if (reply instanceof PoolReply.Job(JobView view)) {
            return view;
        }
        throw Pools.unexpected(reply);
    }

    private void tellAll(Call call, PoolName pool, List<JobId> jobs, List<JobSpec> specs) {
        List<PoolCommand.SubmitJob> all = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            all.add(new PoolCommand.SubmitJob(
                    jobs.get(i), specs.get(i), call.role().owner()));
        }
        if (!all.isEmpty() && !(ask(call, pool, jobs, new PoolCommand.SubmitJobs(all)) instanceof PoolReply.Done)) {
            throw new IllegalStateException("a pool did not answer a batch as it should");
        }
    }

    private PoolReply ask(Call call, PoolName pool, List<JobId> jobs, PoolCommand command) {
        PoolReply reply = pools.tryAsk(pool, command).orElseThrow(() -> unanswered(call, jobs, pool));
        return switch (reply) {
            case PoolReply.NotFound(var ignored) -> throw Pools.unknown(pool, pools.all());
            case PoolReply.Rejected(String field, String value, String allowed) ->
                throw ProblemException.of(Problem.Kind.INVALID_SPEC, field, value, allowed);
            case PoolReply answered -> answered;
        };
    }

    private ProblemException unanswered(Call call, List<JobId> jobs, PoolName pool) {
        JobId first = jobs.getFirst();
        String advice = call.header(KEY).isPresent()
                ? "send it again with the same " + KEY + ": nothing doubles by it"
                : "look at /v1/jobs/" + first + " before sending it again, or use an " + KEY + " next time";
        String what = jobs.size() == 1 ? "job " + first : jobs.size() + " jobs from " + first + " on";
        return new ProblemException(
                Problem.of(
                        Problem.Kind.UNAVAILABLE,
                        "pool %s did not confirm %s within %d ms; it may have it. %s"
                                .formatted(
                                        pool, what, ports.limits().poolTimeout().toMillis(), advice)),
                pools.retryAfter());
    }

    private static void requireKey(String key) {
        if (!KEY_FORM.matcher(key).matches()) {
            throw ProblemException.of(
                    Problem.Kind.MALFORMED_REQUEST, KEY, key, "1 to 255 printable ASCII characters without spaces");
        }
    }

    private static HttpResponse answer(int status, JobView job) {
        return Answers.json(status, job).addHeader(RawHeader.create("Location", "/v1/jobs/" + job.id()));
    }
}
