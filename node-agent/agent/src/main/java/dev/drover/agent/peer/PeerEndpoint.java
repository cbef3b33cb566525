package dev.drover.agent.peer;

import dev.drover.agent.checkpoint.LocalFiles;
import dev.drover.protocol.agent.HandoffTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.FileIO;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one shard's state from its predecessor: {@code PUT {url}/{name}} with the bearer token of this handoff.
 *
 * <p>A file appears under its name when it is complete. Nothing here is trusted: the restore verifies every digest. Names
 * are plain, the number of files and their sizes are limited.
 */
public final class PeerEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(PeerEndpoint.class);
    private static final long MAX_FILE_BYTES = 64L << 30;
    private static final int MAX_PUTS = 256;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    private final Materializer materializer;
    private final Path directory;
    private final String token;
    private final AtomicLong puts = new AtomicLong();

    private PeerEndpoint(ActorSystem<?> system, Path directory, String token) {
        this.materializer = Materializer.matFromSystem(system);
        this.directory = directory;
        this.token = token;
    }

    /** An endpoint that listens: close it when the handoff is over. */
    public record Open(HandoffTarget target, ServerBinding binding) {
        /** Ends it; a file that is only half there is dropped. */
        public void close() {
            binding.terminate(CLOSE_WITHIN).whenComplete((ignored, failure) -> {
                if (failure != null) {
                    LOG.debug("closing {}: {}", target, failure.toString());
                }
            });
        }
    }

    /** Listens on an ephemeral port of {@code address}; files go to {@code directory}. */
    public static CompletionStage<Open> open(ActorSystem<?> system, String address, Path directory, String token) {
        PeerEndpoint endpoint = new PeerEndpoint(system, directory, token);
        return Http.get(system)
                .newServerAt(address, 0)
                .bind(endpoint::answer)
                .thenApply(binding -> new Open(
                        new HandoffTarget(
                                "http://" + address + ":"
                                        + binding.localAddress().getPort(),
                                token),
                        binding));
    }

    private CompletionStage<HttpResponse> answer(HttpRequest request) {
        String name = request.getUri().path().startsWith("/")
                ? request.getUri().path().substring(1)
                : request.getUri().path();
        if (!isAuthorized(request)) {
            return refuse(request, StatusCodes.UNAUTHORIZED, "the bearer token of this handoff is needed");
        }
        if (!request.method().equals(HttpMethods.PUT)) {
            return refuse(request, StatusCodes.METHOD_NOT_ALLOWED, "only PUT is allowed");
        }
        if (!LocalFiles.isPlainName(name)) {
            return refuse(request, StatusCodes.BAD_REQUEST, "name: use plain file names only");
        }
        if (puts.incrementAndGet() > MAX_PUTS) {
            return refuse(request, StatusCodes.TOO_MANY_REQUESTS, "at most " + MAX_PUTS + " files are taken");
        }
        return take(request, name);
    }

    private CompletionStage<HttpResponse> take(HttpRequest request, String name) {
        Path part;
        try {
            Files.createDirectories(directory);
            part = Files.createTempFile(directory, ".", ".part");
        } catch (IOException e) {
            return refuse(request, StatusCodes.INSUFFICIENT_STORAGE, e.toString());
        }
        return request.entity()
                .withSizeLimit(MAX_FILE_BYTES)
                .getDataBytes()
                .runWith(FileIO.toPath(part), materializer)
                .handle((result, failure) -> finish(part, name, failure));
    }

    private HttpResponse finish(Path part, String name, @Nullable Throwable failure) {
        try {
            if (failure == null) {
                Files.move(part, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                return HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
            }
            Files.deleteIfExists(part);
            return HttpResponse.create()
                    .withStatus(StatusCodes.INTERNAL_SERVER_ERROR)
                    .withEntity(failure.toString());
        } catch (IOException e) {
            return HttpResponse.create()
                    .withStatus(StatusCodes.INSUFFICIENT_STORAGE)
                    .withEntity(e.toString());
        }
    }

    private CompletionStage<HttpResponse> refuse(HttpRequest request, StatusCode status, String why) {
        request.discardEntityBytes(materializer);
        return CompletableFuture.completedFuture(
                HttpResponse.create().withStatus(status).withEntity(why));
    }

    private boolean isAuthorized(HttpRequest request) {
        byte[] wanted = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        return request.getHeader("Authorization")
                .map(header -> MessageDigest.isEqual(wanted, header.value().getBytes(StandardCharsets.UTF_8)))
                .orElse(false);
    }
}
