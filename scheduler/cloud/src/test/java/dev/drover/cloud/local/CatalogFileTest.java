package dev.drover.cloud.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.market.Market;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogFileTest {
    @Test
    void fieldsLeftOutAreTheStandardOnes() {
        Catalog catalog = CatalogFile.parse("notice: 5s\n", "c.yaml");
        assertThat(catalog.notice()).isEqualTo(Duration.ofSeconds(5));
        assertThat(catalog.types()).isEqualTo(Catalog.standard().types());
        assertThat(catalog.markets()).hasSize(20).doesNotHaveDuplicates();
        assertThat(catalog.markets().stream().map(Market::region).distinct()).hasSize(2);
    }

    @Test
    void jsonIsReadTooAndTheStandardCatalogComesBackAsItWas() throws Exception {
        String json = DroverJson.mapper().writeValueAsString(Catalog.standard());
        assertThat(CatalogFile.parse(json, "c.json")).isEqualTo(Catalog.standard());
    }

    @Test
    void theDocumentedCatalogIsTheStandardOne() throws Exception {
        String document = Files.readString(
                Path.of(System.getProperty("drover.root", "../..")).resolve("docs/OPERATIONS.md"));
        String example = document.substring(document.indexOf("regions:\n"), document.indexOf("traces: []"));
        assertThat(CatalogFile.parse(example, "OPERATIONS.md")).isEqualTo(Catalog.standard());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tock: 1s | unknown field 'tock'",
                "quota: {spot: 1, onDemand: 2, spott: 3} | unknown field 'quota.spott'",
                "quota: {onDemand: 2} | field 'quota.spot' is missing",
                "types: [{name: a}] | field 'types[0].resources' is missing",
                "notice: soon | notice",
                "tick: 0s | tick",
                "spot: {lowestShare: 0, highestShare: 1, leastCapacity: 0, mostCapacity: 1} | lowestShare",
                "regions: [] | regions",
                "traces: [{series: price, file: a.json, speed: 0}] | speed",
                "[] | object"
            })
    void badCatalogIsRefusedByFieldAndFile(String text, String named) {
        assertThatThrownBy(() -> CatalogFile.parse(text, "c.yaml"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("c.yaml")
                .hasMessageContaining(named);
    }
}
