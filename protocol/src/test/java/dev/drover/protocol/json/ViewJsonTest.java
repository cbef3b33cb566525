package dev.drover.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.api.CostView;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.money.Money;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewJsonTest {
    @Test
    void aCostOfAnEarlierVersionHasNoCategories() throws Exception {
        String json = """
            {"spent": {"amount": 1.5, "currency": "USD"}, "onDemand": {"amount": 2, "currency": "USD"}, "switchBacks": 0,
             "byCapacityType": []}\
            """;
        assertThat(DroverJson.mapper().readValue(json, CostView.class))
                .isEqualTo(new CostView(Money.usd("1.5"), Money.usd("2"), 0, List.of(), List.of()));
    }

    @Test
    void aMarketReadsBackAsItWasWritten() throws Exception {
        Market market = new Market("local", "here", "zone-a", "small", CapacityType.SPOT);
        String json = DroverJson.mapper().writeValueAsString(market);
        assertThat(json).doesNotContain("\"spot\"");
        assertThat(DroverJson.mapper().readValue(json, Market.class)).isEqualTo(market);
    }
}
