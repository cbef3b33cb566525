package dev.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.job.DataFiles;
import dev.drover.protocol.job.JobSpecReader;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits a job. */
@Command(name = "submit", description = "Submits a job from a YAML or JSON file.", mixinStandardHelpOptions = true)
final class SubmitCommand extends SubCommand {
    /** The status of an answer that made no new job. */
    private static final int REPLAYED = 200;

    @Parameters(paramLabel = "FILE", description = "The job, YAML or JSON; - for standard input")
    private String file = "";

    @Option(names = "--key", description = "Submitting again under the same key is the same job (default: a new key)")
    private @Nullable String key;

    @Option(names = "--follow", description = "Watch the job until it is finished")
    private boolean follow;

    @Override
    int run() {
        ObjectNode spec = SpecFile.job(file);
        JobSpecReader.read(spec, DataFiles.unchecked());
        return root().ask(api -> {
            HttpResponse<String> answer = api.submit(spec.toString(), key == null ? root().newKey() : key);
            String done = answer.statusCode() == REPLAYED ? " was submitted before, under this key" : " submitted";
            JsonNode job = api.json(answer);
            String id = Render.text(job, "/id");
            if (!follow) {
                root().print(job, ignored -> id + done + "; '" + root().typed("show " + id) + "' says how it goes\n");
                return ExitCodes.OK;
            }
            root().err().println(id + done);
            int code = new Follower(root(), api, job).follow();
            root().print(api.get(Paths.of("/v1/jobs", id).toString()), Render::job);
            return code;
        });
    }
}
