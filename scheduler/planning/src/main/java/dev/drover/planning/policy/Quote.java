package dev.drover.planning.policy;

import dev.drover.protocol.market.Market;

/**
 * A spot market as it stands now.
 *
 * @param pricePerHour of what the whole job needs there, in the currency of all quotes
 * @param open whether an instance is to be had, or one that is held goes on
 */
public record Quote(Market market, double pricePerHour, boolean open) {}
