package dev.drover.protocol.agent;

/**
 * Where a successor takes a shard's state from its predecessor, by HTTP.
 *
 * @param url base address, to which {@code /NAME} of each file is added in a PUT
 * @param token bearer token for this one handoff. A secret: never logged, never journalled
 */
public record HandoffTarget(String url, String token) {
    @Override
    public String toString() {
        return "HandoffTarget[" + url + "]";
    }
}
