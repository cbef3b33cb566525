package dev.drover.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "patch", "head", "options");

    @Test
    void theDocumentAndTheRoutesSayTheSame() {
        try (RunningApi api = new RunningApi()) {
            List<String> documented = new ArrayList<>();
            api.documented
                    .document()
                    .get("paths")
                    .properties()
                    .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                        if (METHODS.contains(method)) {
                            documented.add(method + " " + path.getKey());
                        }
                    }));
            assertThat(api.api.endpoints().stream()
                            .map(endpoint -> endpoint.method().name().toLowerCase(Locale.ROOT) + " "
                                    + endpoint.path().text()))
                    .containsExactlyInAnyOrderElementsOf(documented);
        }
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        DocumentedResponses documented = new DocumentedResponses();
        assertThat(documented.document().findValuesAsText("$ref"))
                .isNotEmpty()
                .allSatisfy(ref -> assertThat(
                                documented.document().at(ref.substring(1)).isMissingNode())
                        .as(ref)
                        .isFalse());
    }

    /** An unquoted comma in a YAML flow mapping ends the value and starts a field of its own, with nothing in it. */
    @Test
    void nothingIsLeftEmpty() {
        assertThat(new DocumentedResponses().document().toString()).doesNotContain(":null");
    }

    @Test
    void isServedWithoutAToken() {
        try (RunningApi api = new RunningApi()) {
            HttpResponse<String> answer = api.send(api.request("/openapi.json"));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(api.documented.document().toString());
        }
    }
}
