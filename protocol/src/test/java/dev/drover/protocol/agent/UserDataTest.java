package dev.drover.protocol.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.json.DroverJson;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserDataTest {
    private static final UserData PLAIN = new UserData(
            new NodeId("node-1"),
            new PoolName("herd"),
            List.of("ws://h/agents/v1"),
            "t-1",
            Optional.empty(),
            "file:///s");

    @Test
    void oneOfAnEarlierVersionNamesNoCa() throws Exception {
        String json = """
            {"node": "node-1", "pool": "herd", "schedulers": ["ws://h/agents/v1"], "token": "t-1", "store": "file:///s"}\
            """;
        assertThat(DroverJson.mapper().readValue(json, UserData.class)).isEqualTo(PLAIN);
        assertThat(DroverJson.mapper().writeValueAsString(PLAIN)).doesNotContain("\"ca\"");
    }

    @Test
    void theCaReadsBackAndTheTokenIsNotShown() throws Exception {
        UserData secured = new UserData(
                PLAIN.node(), PLAIN.pool(), PLAIN.schedulers(), PLAIN.token(), Optional.of("pem"), PLAIN.store());
        String json = DroverJson.mapper().writeValueAsString(secured);
        assertThat(DroverJson.mapper().readValue(json, UserData.class)).isEqualTo(secured);
        assertThat(secured.toString()).contains("node-1").doesNotContain("t-1");
    }
}
