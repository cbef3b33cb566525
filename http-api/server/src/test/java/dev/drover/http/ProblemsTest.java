package dev.drover.http;

import static dev.drover.http.RunningApi.JOB;
import static dev.drover.http.RunningApi.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ProblemsTest {
    private final RunningApi api = new RunningApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void unknownAddresses() {
        HttpResponse<String> answer = api.get("/v1/nothing");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(json(answer).at("/instance").asText()).isEqualTo("/v1/nothing");
        assertThat(api.get("/").statusCode()).isEqualTo(404);
        assertThat(api.get("/v1/jobs/%2e%2e/%2e%2e").statusCode()).isEqualTo(404);
    }

    @Test
    void wrongMethodsNameTheRightOnes() {
        HttpResponse<String> answer = api.user("PATCH", "/v1/jobs", "");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, POST");
    }

    @Test
    void tokens() {
        HttpResponse<String> none = api.send(api.request("/v1/jobs"));
        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(none.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"drover\"");
        for (String wrong : new String[] {"Bearer nope", "Bearer ", "Basic dXNlcg==", "Bearer user-token2"}) {
            assertThat(api.send(api.request("/v1/jobs").header("Authorization", wrong))
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
        assertThat(api.send(api.request("/v1/jobs").header("Authorization", "bearer admin-token"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(new Tokens("secret-a", "secret-b").toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/jobs/..%2F..%2Fetc",
                "/v1/jobs/-a",
                "/v1/jobs/a%00b",
                "/v1/jobs/UPPER",
                "/v1/jobs/a%20b",
                "/v1/pools/..%2Fx/nodes"
            })
    void namesThatAreNoNames(String path) {
        HttpResponse<String> answer = api.get(path);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).at("/errors/0/allowed").asText()).startsWith("1 to 63 of a-z");
    }

    @Test
    void longBodies() {
        String spaces = " ".repeat(65 << 10);
        assertThat(api.user("POST", "/v1/jobs", JOB + spaces).statusCode()).isEqualTo(413);
        HttpResponse<String> chunked = api.send(api.request("/v1/jobs")
                .header("Authorization", "Bearer user-token")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(JOB + spaces))));
        assertThat(chunked.statusCode()).isEqualTo(413);
    }

    @Test
    void typesAndTexts() {
        HttpResponse<String> form =
                api.user("POST", "/v1/jobs", JOB, "Content-Type", "application/x-www-form-urlencoded");
        assertThat(form.statusCode()).isEqualTo(415);
        assertThat(json(form).at("/detail").asText()).contains("--data-binary @FILE");
        assertThat(api.user("POST", "/v1/jobs", JOB, "Content-Type", "application/jsonx")
                        .statusCode())
                .isEqualTo(415);
        HttpResponse<String> malformed = api.user("POST", "/v1/jobs", "{\"name\": ");
        assertThat(malformed.statusCode()).isEqualTo(422);
        assertThat(json(malformed).at("/detail").asText()).contains("well-formed JSON (line 1");
        HttpResponse<String> notUtf8 = api.send(api.request("/v1/jobs")
                .header("Authorization", "Bearer user-token")
                .POST(BodyPublishers.ofByteArray(new byte[] {(byte) 0xff, (byte) 0xfe, 0x20})));
        assertThat(notUtf8.statusCode()).isEqualTo(400);
    }

    @Test
    void whatBreaksIsNotShown() {
        api.gateway.broken = true;
        HttpResponse<String> answer = api.get("/v1/pools/default");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void ourOwnFailureIsAPlain500() {
        api.readModel.broken = true;
        HttpResponse<String> answer = api.get("/v1/jobs/j-1");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(json(answer).at("/detail").asText())
                .isEqualTo("the request could not be answered; the server's log says why");
    }

    @Test
    void requestsThatAreNoHttpGetAProblemToo() throws Exception {
        assertThat(raw("GET /v1/jobs?%zz HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n{}\r\n0\r\n\r\n", "7fffffff\r\n{}\r\n0\r\n\r\n"})
    void brokenAndHugeChunksAreTheSendersFault(String chunks) throws Exception {
        assertThat(raw("POST /v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer user-token\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + chunks))
                .startsWith("HTTP/1.1 400 ")
                .contains("the body can't be read");
    }

    /** Sends what no client would, and expects a problem. */
    private String raw(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).contains("application/problem+json");
            String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
            api.documented.verify(
                    "/components/schemas/Problem", DocumentedResponses.json(body), "a request that is no HTTP");
            return answer;
        }
    }
}
