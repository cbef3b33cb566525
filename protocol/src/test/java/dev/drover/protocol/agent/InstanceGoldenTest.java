package dev.drover.protocol.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.checkpoint.Manifest;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.golden.GoldenFiles;
import dev.drover.protocol.golden.Samples;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What instances of every release read at their start, and the manifests that they left in the store. */
class InstanceGoldenTest {
    private static final GoldenFiles GOLDEN = new GoldenFiles("instance");

    @Test
    void userDataIsWhatItWas() throws IOException {
        UserData sample = new Samples(1).of(UserData.class);
        String json = GOLDEN.newest("user-data.json", DroverJson.mapper().writeValueAsString(sample));
        assertThat(DroverJson.fromPeers().readValue(json, UserData.class)).isEqualTo(sample);
        for (Path file : GOLDEN.all("user-data.json")) {
            assertThat(DroverJson.fromPeers().readValue(file.toFile(), UserData.class))
                    .isNotNull();
        }
    }

    /** The image of an instance may be older than the scheduler that launches it. */
    @Test
    void anAgentReadsUserDataOfANewerScheduler() throws IOException {
        UserData sample = new Samples(1).of(UserData.class);
        String newer = DroverJson.mapper().writeValueAsString(sample).replaceFirst("\\{", "{\"mirrors\":[{\"a\":1}],");
        assertThat(DroverJson.fromPeers().readValue(newer, UserData.class)).isEqualTo(sample);
    }

    @Test
    void manifestsAreWhatTheyWere() throws IOException {
        Manifest drawn = new Samples(1).of(Manifest.class);
        Manifest sample = new Manifest(Manifest.FORMAT, drawn.lease(), drawn.step(), drawn.createdAt(), drawn.files());
        String json = GOLDEN.newest("manifest.json", new String(ManifestJson.write(sample), UTF_8));
        assertThat(ManifestJson.read("manifest.json", json.getBytes(UTF_8))).isEqualTo(sample);
        for (Path file : GOLDEN.all("manifest.json")) {
            assertThat(ManifestJson.read("manifest.json", Files.readAllBytes(file)))
                    .isNotNull();
        }
    }
}
