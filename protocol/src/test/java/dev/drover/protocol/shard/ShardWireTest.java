package dev.drover.protocol.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShardWireTest {
    /** A training that diverges says so; that must not look as if its program were broken. */
    @ParameterizedTest
    @CsvSource({"NaN, NaN", "\"NaN\", NaN", "Infinity, Infinity", "-Infinity, -Infinity"})
    void aLossThatIsNoNumberIsRead(String printed, Float meant) {
        String line = "{\"type\":\"step\",\"record\":{\"step\":1,\"loss\":" + printed + "}}";
        assertThat(ShardWire.parse(line, FromShard.class))
                .isInstanceOfSatisfying(
                        FromShard.Step.class,
                        step -> assertThat(step.record().loss()).isEqualTo(meant));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | null",
                "{\"type\":\"step\"} | record: is missing",
                "{\"type\":\"saved\",\"step\":3} | dir: is missing",
                "{\"type\":\"sleep\"} | sleep",
                "plain text | plain text"
            })
    void whatIsNoMessageIsRefusedWithItsCause(String line, String why) {
        assertThatThrownBy(() -> ShardWire.parse(line, FromShard.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a shard message: ")
                .hasMessageContaining(why);
    }

    @Test
    void aFailureWithoutAReasonIsAFailureAllTheSame() {
        assertThat(ShardWire.parse("{\"type\":\"failed\"}", FromShard.class))
                .isEqualTo(new FromShard.Failed(FromShard.NO_REASON, ""));
    }
}
