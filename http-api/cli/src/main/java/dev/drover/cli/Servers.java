package dev.drover.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/**
 * The servers of one cluster, any of which will do. A call goes to the one that answered last, at first to the first that was
 * named; where that one can't be reached, breaks off or answers 503, it goes to the next, and round again, until it is answered or
 * {@link Patience} runs out. Once all were asked there is a pause before each: what none of them could answer is a pool that moves, and
 * a crowd that asks all of them at once would be in its way. A server that refuses in any other way has answered.
 */
final class Servers {
    /** What the API answers while a pool changes schedulers. */
    private static final int NOT_NOW = 503;

    /** In what Java's client says of an answer that is no HTTP. */
    static final String NO_HTTP = "status line";

    private final List<URI> urls;
    private final Patience patience;
    private final Function<IOException, String> advice;
    private final PrintWriter err;
    private int at;

    /**
     * @param advice what the reader can do about a failure
     * @param err where people are told that one is left for another
     */
    Servers(List<URI> urls, Patience patience, Function<IOException, String> advice, PrintWriter err) {
        this.urls = List.copyOf(urls);
        this.patience = patience;
        this.advice = advice;
        this.err = err;
    }

    /** What may be done about a call that was not answered. */
    enum Repeat {
        /** Made again only where it can't have arrived. */
        UNLESS_IT_ARRIVED,
        /** Made again: twice is as good as once. A sole server that refuses connections ends it, as there is nobody to wait for. */
        FREELY,
        /** The same, and a sole server that is away is waited for. */
        EVEN_IF_ALONE
    }

    /** One try. */
    @FunctionalInterface
    interface Call<B> {
        HttpResponse<B> to(URI server) throws IOException;
    }

    /**
     * The answer, whatever its status; 503 where all servers said so to the end, or where it is not asked again.
     *
     * @throws CliException with {@link ExitCodes#UNREACHABLE} when nobody answered
     */
    <B> HttpResponse<B> ask(Repeat repeat, Call<B> call) {
        Patience.Wait wait = patience.begin();
        Map<URI, String> failures = new LinkedHashMap<>();
        boolean mayPass = false;
        for (int tries = 1; ; tries++) {
            URI server = urls.get(at);
            boolean roundIsOver = tries % urls.size() == 0;
            boolean allWereAsked = tries >= urls.size();
            boolean isLast = allWereAsked && wait.isOver();
            Duration asked = Duration.ZERO;
            try {
                HttpResponse<B> answer = call.to(server);
                if (answer.statusCode() != NOT_NOW || repeat == Repeat.UNLESS_IT_ARRIVED || isLast) {
                    return answer;
                }
                mayPass = true;
                asked = retryAfter(answer);
                goOn(server, "can't answer now (503)", failures);
            } catch (IOException e) {
                mayPass |= mayPass(e, repeat);
                if (isLast || (roundIsOver && !mayPass) || (repeat == Repeat.UNLESS_IT_ARRIVED && mayHaveArrived(e))) {
                    throw unreachable(server, failures, e);
                }
                goOn(server, "does not answer (" + ApiClient.cause(e) + ")", failures);
            }
            if (allWereAsked) {
                wait.pause(asked);
            }
        }
    }

    /** A certificate that is not trusted does not come to be by waiting, nor does what speaks something else than HTTP. */
    private boolean mayPass(IOException e, Repeat repeat) {
        boolean isWaitedFor = urls.size() > 1 || repeat == Repeat.EVEN_IF_ALONE || mayHaveArrived(e);
        return isWaitedFor
                && !(e instanceof SSLException)
                && !String.valueOf(e.getMessage()).contains(NO_HTTP);
    }

    private static boolean mayHaveArrived(IOException e) {
        return !(e instanceof ConnectException
                || e instanceof HttpConnectTimeoutException
                || e instanceof SSLException);
    }

    private static Duration retryAfter(HttpResponse<?> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("[0-9]{1,4}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(Duration.ZERO);
    }

    /** To the next server; what is wrong with each is said once. */
    private void goOn(URI server, String why, Map<URI, String> failures) {
        at = (at + 1) % urls.size();
        if (failures.put(server, why) == null) {
            boolean isRoundOver = failures.size() == urls.size();
            err.println(server + " " + why + "; "
                    + (isRoundOver
                            ? "asking again for up to " + patience.limit().toSeconds() + " s"
                            : "trying " + urls.get(at)));
            err.flush();
        }
    }

    private CliException unreachable(URI server, Map<URI, String> failures, IOException e) {
        if (urls.size() == 1) {
            return new CliException(
                    ExitCodes.UNREACHABLE,
                    "can't reach " + server + " (" + ApiClient.cause(e) + "); " + advice.apply(e),
                    e);
        }
        failures.put(server, "does not answer (" + ApiClient.cause(e) + ")");
        String all = failures.entrySet().stream()
                .map(failure -> failure.getKey() + " " + failure.getValue())
                .collect(Collectors.joining(", "));
        return new CliException(ExitCodes.UNREACHABLE, "nobody answers: " + all + "; " + advice.apply(e), e);
    }
}
