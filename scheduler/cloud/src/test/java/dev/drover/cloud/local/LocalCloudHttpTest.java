package dev.drover.cloud.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cloud.Waiting;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCloudHttpTest {
    private Path directory;
    private LocalCloudFixture cloud;

    @BeforeEach
    void open(@TempDir Path empty) throws Exception {
        directory = empty;
        cloud = new LocalCloudFixture(directory, LocalCloudFixture.sleeper());
    }

    @AfterEach
    void close() throws Exception {
        cloud.close();
    }

    @Test
    void refusesUnknownFieldsByName() throws Exception {
        HttpResponse<String> response =
                cloud.api("PUT", "/capacity", "{\"markets\":{\"zoen\":\"local-east-a\"},\"capacity\":0}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.body()).contains("unknown field 'markets.zoen'").contains("zone");
    }

    @Test
    void refusesMissingFieldsByName() throws Exception {
        HttpResponse<String> response = cloud.api("POST", "/launches", "{\"node\":\"a\",\"owner\":\"me\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("field 'markets' is missing");
        assertThat(cloud.api("PUT", "/capacity", "{\"markets\":{}}").body()).contains("field 'capacity' is missing");
    }

    @Test
    void refusesWhatIsNotJsonAndWhatIsTooLarge() throws Exception {
        assertThat(cloud.api("POST", "/launches", "{").statusCode()).isEqualTo(400);
        assertThat(cloud.api("POST", "/launches", "[]").statusCode()).isEqualTo(400);
        assertThat(cloud.api("POST", "/launches", "").statusCode()).isEqualTo(400);
        String large = "{\"userData\":\"" + "x".repeat(1 << 20) + "\"}";
        assertThat(cloud.api("POST", "/launches", large).statusCode()).isEqualTo(413);
    }

    @Test
    void refusesUnknownPathsAndMethods() throws Exception {
        assertThat(cloud.api("GET", "/nothing", "").statusCode()).isEqualTo(404);
        assertThat(cloud.api("GET", "/offers/more", "").statusCode()).isEqualTo(404);
        assertThat(cloud.api("POST", "/offers", "").statusCode()).isEqualTo(405);
        assertThat(cloud.api("GET", "/instances?own=x", "").statusCode()).isEqualTo(400);
        assertThat(cloud.api("GET", "/instances/Not_A_Label", "").statusCode()).isEqualTo(400);
    }

    @Test
    void asksForTheToken() throws Exception {
        String url = Endpoint.read(directory).orElseThrow().url();
        HttpRequest.Builder none = HttpRequest.newBuilder(URI.create(url + "/offers"));
        assertThat(cloud.send(none).statusCode()).isEqualTo(401);
        HttpRequest.Builder wrong =
                HttpRequest.newBuilder(URI.create(url + "/offers")).header("Authorization", "Bearer no");
        assertThat(cloud.send(wrong).statusCode()).isEqualTo(401);
    }

    @Test
    void stopsWhenAsked() throws Exception {
        assertThat(cloud.api("DELETE", "/cloud", "").statusCode()).isEqualTo(202);
        Waiting.until("the cloud is asked to stop", cloud.stopAsked::get);
    }

    @Test
    void metadataSpeaksBothClouds() throws Exception {
        cloud.launchAndRun("meta", LocalCloudFixture.SPOT_A);
        String url = cloud.metadataUrl("meta");
        MetadataReader aws = new MetadataReader(cloud.http, url);
        assertThat(aws.text("/latest/meta-data/instance-type")).isEqualTo("local.small");
        assertThat(aws.text("/latest/meta-data/instance-life-cycle")).isEqualTo("spot");
        assertThat(aws.text("/latest/meta-data/placement/availability-zone")).isEqualTo("local-east-a");
        assertThat(aws.text("/latest/meta-data/placement/region")).isEqualTo("local-east");
        assertThat(aws.text("/latest/user-data")).isEqualTo("{\"hello\":1}");
        assertThat(aws.status("/latest/meta-data/events/recommendations/rebalance"))
                .isEqualTo(404);
        assertThat(aws.status("/latest/meta-data/tags/instance/none")).isEqualTo(404);

        String token = cloud.send(HttpRequest.newBuilder(URI.create(url + "/latest/api/token"))
                        .header("X-aliyun-ecs-metadata-token-ttl-seconds", "60")
                        .PUT(HttpRequest.BodyPublishers.noBody()))
                .body();
        HttpResponse<String> zone = cloud.send(HttpRequest.newBuilder(URI.create(url + "/latest/meta-data/zone-id"))
                .header("X-aliyun-ecs-metadata-token", token));
        assertThat(zone.body()).isEqualTo("local-east-a");
    }

    @Test
    void metadataIsClosedWithoutAToken() throws Exception {
        cloud.launchAndRun("closed", LocalCloudFixture.SPOT_A);
        URI id = URI.create(cloud.metadataUrl("closed") + "/latest/meta-data/instance-id");
        assertThat(cloud.send(HttpRequest.newBuilder(id)).statusCode()).isEqualTo(401);
        assertThat(cloud.send(HttpRequest.newBuilder(id).header("X-aws-ec2-metadata-token", "9999999999.00"))
                        .statusCode())
                .isEqualTo(401);
        URI token = URI.create(cloud.metadataUrl("closed") + "/latest/api/token");
        assertThat(cloud.send(HttpRequest.newBuilder(token).PUT(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(400);
        assertThat(cloud.send(HttpRequest.newBuilder(token).DELETE()).statusCode())
                .isEqualTo(405);
    }
}
