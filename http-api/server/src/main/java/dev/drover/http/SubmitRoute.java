package dev.drover.http;

import dev.drover.persistence.read.ReadModel;
import dev.drover.persistence.read.ReadModel.Submission;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.DataFiles;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.spec.InvalidSpecException;
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
        return List.of(Endpoint.user(HttpMethods.POST, "/v1/jobs", this::submit));
    }

    private HttpResponse submit(Call call) {
        String text = call.withoutQuery().specText();
        Optional<String> key = call.header(KEY);
        key.ifPresent(SubmitRoute::requireKey);
        String digest = ManifestJson.sha256(call.body());
        ReadModel readModel = ports.readModel();
        JobSpec spec;
        try {
            spec = JobSpecReader.read(text, ports.dataFiles());
            pools.require(spec.pool());
        } catch (InvalidSpecException | ProblemException e) {
            // An answered submission stays answered, even when its data file has gone since.
            Submission earlier = key.flatMap(readModel::claimed).orElseThrow(() -> e);
            return replay(call, text, key.orElseThrow(), digest, earlier);
        }
        return pools.within(spec.pool(), () -> take(call, text, key, digest, spec));
    }

    private HttpResponse take(Call call, String text, Optional<String> key, String digest, JobSpec spec) {
        ReadModel readModel = ports.readModel();
        JobId proposed = ports.newJob().get();
        if (key.isPresent()) {
            Submission claim = readModel.claim(key.get(), digest, proposed, spec.pool());
            return claim.fresh()
                    ? created(tell(call, claim.job(), spec))
                    : replay(call, text, key.get(), digest, claim);
        }
        readModel.assignPool(proposed, spec.pool());
        return created(tell(call, proposed, spec));
    }

    private HttpResponse replay(Call call, String text, String key, String digest, Submission claim) {
        if (!claim.bodyDigest().equals(digest)) {
            throw new ProblemException(
                    Problem.Kind.CONFLICT,
                    "%s '%s' was used with another body, for job %s; use a new key, or the same body"
                            .formatted(KEY, key, claim.job()));
        }
        JobView job = ports.readModel()
                .finished(claim.job())
                .orElseGet(() -> tell(call, claim.job(), JobSpecReader.read(text, DataFiles.unchecked())));
        return answer(200, job).addHeader(RawHeader.create("Idempotency-Replayed", "true"));
    }

    /** Tells the pool; telling it twice is as good as once. */
    private JobView tell(Call call, JobId job, JobSpec spec) {
        PoolReply reply = pools.tryAsk(
                        spec.pool(),
                        new PoolCommand.SubmitJob(job, spec, call.role().owner()))
                .orElseThrow(() -> unanswered(call, job, spec.pool()));
        return switch (reply) {
            case PoolReply.Job(JobView view) -> view;
            case PoolReply.NotFound(var ignored) -> throw Pools.unknown(spec.pool(), pools.all());
            case PoolReply.Rejected(String field, String value, String allowed) ->
                throw ProblemException.of(Problem.Kind.INVALID_SPEC, field, value, allowed);
            case PoolReply other -> throw Pools.unexpected(other);
        };
    }

    private ProblemException unanswered(Call call, JobId job, PoolName pool) {
        String advice = call.header(KEY).isPresent()
                ? "send it again with the same " + KEY + ": it stays one job"
                : "look at /v1/jobs/" + job + " before sending it again, or use an " + KEY + " next time";
        return new ProblemException(
                Problem.of(
                        Problem.Kind.UNAVAILABLE,
                        "pool %s did not confirm job %s within %d ms; it may have it. %s"
                                .formatted(
                                        pool, job, ports.limits().poolTimeout().toMillis(), advice)),
                pools.retryAfter());
    }

    private static void requireKey(String key) {
        if (!KEY_FORM.matcher(key).matches()) {
            throw ProblemException.of(
                    Problem.Kind.MALFORMED_REQUEST, KEY, key, "1 to 255 printable ASCII characters without spaces");
        }
    }

    private static HttpResponse created(JobView job) {
        return answer(201, job);
    }

    private static HttpResponse answer(int status, JobView job) {
        return Answers.json(status, job).addHeader(RawHeader.create("Location", "/v1/jobs/" + job.id()));
    }
}
