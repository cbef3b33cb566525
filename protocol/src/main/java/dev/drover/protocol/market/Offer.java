package dev.drover.protocol.market;

import dev.drover.protocol.money.Money;

/**
 * What a provider says of a market now. It promises a price, not capacity: only a launch shows whether there is any.
 *
 * @param pricePerHour of one instance, now
 * @param resources of one instance
 */
public record Offer(Market market, Money pricePerHour, Resources resources) {}
