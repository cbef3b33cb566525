package dev.drover.protocol.job;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.shard.TrainSpec;
import java.util.List;

/** What runs each shard. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ProgramSpec.Trainer.class, name = "trainer"),
    @JsonSubTypes.Type(value = ProgramSpec.Command.class, name = "command"),
})
public sealed interface ProgramSpec {
    /** The built-in DJL program. */
    record Trainer(TrainSpec train) implements ProgramSpec {}

    /** Any program that speaks the shard protocol; {@code spec} is passed on as it is. */
    record Command(List<String> command, JsonNode spec) implements ProgramSpec {
        public Command {
            command = List.copyOf(command);
        }
    }
}
