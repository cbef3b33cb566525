package dev.drover.http;

import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * One thing the API does. The API is a list of these, so that the router, the metrics and the test of the OpenAPI document
 * all see the same.
 *
 * @param needs who may; absent means anybody, without a token
 */
record Endpoint(HttpMethod method, PathTemplate path, Optional<Role> needs, Handler handler) {
    static Endpoint open(String path, Handler handler) {
        return new Endpoint(HttpMethods.GET, PathTemplate.of(path), Optional.empty(), handler);
    }

    static Endpoint get(String path, Handler handler) {
        return new Endpoint(HttpMethods.GET, PathTemplate.of(path), Optional.of(Role.USER), handler);
    }

    static Endpoint user(HttpMethod method, String path, Handler handler) {
        return new Endpoint(method, PathTemplate.of(path), Optional.of(Role.USER), handler);
    }

    static Endpoint admin(HttpMethod method, String path, Handler handler) {
        return new Endpoint(method, PathTemplate.of(path), Optional.of(Role.ADMIN), handler);
    }

    /** Answers a call. Runs on a virtual thread of its own and may block. */
    @FunctionalInterface
    interface Handler {
        /**
         * Answers.
         *
         * @throws ProblemException to answer with a problem
         * @throws Exception whatever else goes wrong; the caller gets a plain 500
         */
        HttpResponse handle(Call call) throws Exception;
    }
}
