package dev.drover.protocol.json;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.pool.BuyingSpec;

/**
 * Reading views that a newer version may have written. They are only shown, so what is not known is passed over even in the specs that
 * they hold. A command's spec is another matter: there, what is not known is what somebody asked for.
 */
public final class NewerViews {
    private NewerViews() {}

    /** Makes {@code mapper} one for views. */
    public static ObjectMapper readBy(ObjectMapper mapper) {
        return mapper.addMixIn(SchedulingSpec.class, PassesOver.class).addMixIn(BuyingSpec.class, PassesOver.class);
    }

    private abstract static class PassesOver {
        @JsonAnySetter(enabled = false)
        @SuppressWarnings("UnusedMethod") // Jackson looks at it.
        abstract void refuseUnknown(String field, JsonNode value);
    }
}
