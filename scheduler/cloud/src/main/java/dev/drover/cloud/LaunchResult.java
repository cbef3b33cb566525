package dev.drover.cloud;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.drover.protocol.market.Refusal;
import java.util.List;

/** What came of a launch. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "result")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LaunchResult.Launched.class, name = "launched"),
    @JsonSubTypes.Type(value = LaunchResult.Refused.class, name = "refused")
})
public sealed interface LaunchResult {
    /** What each market that was tried and gave no instance said, in the order of the request. */
    List<Refusal> refusals();

    /**
     * There is an instance.
     *
     * @param refusals of the markets tried before the one that gave it
     */
    record Launched(Instance instance, List<Refusal> refusals) implements LaunchResult {
        public Launched {
            refusals = List.copyOf(refusals);
        }
    }

    /** No market of the request gave an instance, and none was started. */
    record Refused(List<Refusal> refusals) implements LaunchResult {
        public Refused {
            refusals = List.copyOf(refusals);
        }
    }
}
