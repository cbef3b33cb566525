package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.json.DurationText;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Money, memory, durations and slots as tables. */
class ValuesTest {
    @ParameterizedTest(name = "{0} an hour for {1} is {2}")
    @CsvSource({
        "3.60, PT1S, 0.001",
        "3.60, PT0.5S, 0.0005",
        "0.30, PT1H, 0.3",
        "1, PT1S, 0.000277777778",
        "0.5, PT0S, 0",
        "2.5, PT48H, 120"
    })
    void aPriceForATime(String price, Duration time, String cost) {
        assertThat(Money.usd(price).perHourFor(time)).isEqualTo(Money.usd(cost));
    }

    @Test
    void moneyIsExactAndNeverMixed() {
        assertThat(Money.usd("0.1").plus(Money.usd("0.2"))).isEqualTo(Money.usd("0.30"));
        assertThat(Money.usd("0.10")).isEqualTo(Money.usd("0.1")).hasSameHashCodeAs(Money.usd("0.1"));
        assertThat(Money.usd("1").minus(Money.usd("1"))).isEqualTo(Money.zero("USD"));
        assertThat(Money.usd("100").times(3)).hasToString("300 USD");
        assertThat(Money.usd("2").isMoreThan(Money.usd("2"))).isFalse();
        assertThatThrownBy(() -> Money.usd("1").plus(Money.of("1", "CNY")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("can't mix 1 USD with 1 CNY");
        assertThatThrownBy(() -> Money.of("1", "usd")).hasMessageContaining("use three capital letters");
    }

    @ParameterizedTest(name = "{0} is {1} bytes, written {2}")
    @CsvSource({
        "2GiB, 2147483648, 2GiB",
        "1536MiB, 1610612736, 1536MiB",
        "1024KiB, 1048576, 1MiB",
        "17, 17, 17B",
        "0, 0, 0B",
        "5B, 5, 5B",
        "3TiB, 3298534883328, 3TiB",
        "4096TiB, 4503599627370496, 4096TiB"
    })
    void memory(String text, long bytes, String written) {
        assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2 GiB", "2GB", "-1", "1.5GiB", "GiB"})
    void notMemory(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is not allowed");
    }

    @ParameterizedTest(name = "{0} is {1}, written {2}")
    @CsvSource({
        "250ms, PT0.25S, 250ms",
        "30s, PT30S, 30s",
        "90s, PT1M30S, 90s",
        "120s, PT2M, 2m",
        "1h, PT1H, 1h",
        "24h, PT24H, 1d",
        "0s, PT0S, 0ms",
        "1000ms, PT1S, 1s"
    })
    void durations(String text, Duration duration, String written) {
        assertThat(DurationText.parse(text)).isEqualTo(duration);
        assertThat(DurationText.format(duration)).isEqualTo(written);
        assertThat(DurationText.parse(written)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "1.5s", "-5s", "PT5S", "5 s", "5S"})
    void notDurations(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is not allowed; use a whole number");
    }

    @ParameterizedTest(name = "{0} x {1} with {2}, for {3} x {4} with {5}: {6}")
    @CsvSource({
        "4, cpu, 8GiB, 1, cpu, 0, 4",
        "4, cpu, 8GiB, 1, cpu, 4GiB, 2",
        "4, cpu, 8GiB, 3, cpu, 0, 1",
        "4, cpu, 8GiB, 5, cpu, 0, 0",
        "4, cpu, 8GiB, 1, cpu, 9GiB, 0",
        "4, a10, 8GiB, 1, a100, 0, 0",
        "4, cpu, 8GiB, 0, cpu, 0, 0",
        "4, cpu, 0, 1, cpu, 1GiB, 0"
    })
    void slots(int has, String kind, String memory, int need, String wanted, String needs, int slots) {
        Resources node = new Resources(kind, has, ByteSize.parse(memory));
        assertThat(node.slotsFor(new Resources(wanted, need, ByteSize.parse(needs))))
                .isEqualTo(slots);
    }
}
