package dev.drover.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import org.junit.jupiter.api.Test;

class ViewJsonTest {
    @Test
    void aMarketReadsBackAsItWasWritten() throws Exception {
        Market market = new Market("local", "here", "zone-a", "small", CapacityType.SPOT);
        String json = DroverJson.mapper().writeValueAsString(market);
        assertThat(json).doesNotContain("\"spot\"");
        assertThat(DroverJson.mapper().readValue(json, Market.class)).isEqualTo(market);
    }
}
