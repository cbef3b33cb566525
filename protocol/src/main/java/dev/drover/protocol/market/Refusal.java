package dev.drover.protocol.market;

/**
 * Why a market gave no instance.
 *
 * @param code the provider's own, as {@code InsufficientInstanceCapacity}
 */
public record Refusal(Market market, Kind kind, String code, String message) {
    /** What a refusal means to us, whatever the provider calls it. */
    public enum Kind {
        /** None to be had now; later, elsewhere or dearer there may be. */
        NO_CAPACITY,
        /** The account's quota: waiting does not help, asking the provider does. */
        QUOTA,
        /** The price is above the cap. */
        PRICE_CAP,
        /** Not offered here, or the request is not valid: an operator must change something. */
        NOT_OFFERED,
        /** The account may not do this. */
        NOT_ALLOWED,
        /** The provider failed or throttled; nothing was learnt of the market. */
        PROVIDER_FAILED
    }
}
