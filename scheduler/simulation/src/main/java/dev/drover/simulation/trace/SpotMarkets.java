package dev.drover.simulation.trace;

import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.List;

/**
 * The spot markets that one job may use: at each tick whether each is open, and its price.
 *
 * <p>{@link Replay} asks about a tick only after it has told its watcher of the one before, so markets may react to what was
 * held. Within a tick the answers must stay the same.
 */
public interface SpotMarkets {
    /** In the order of preference among equals. */
    List<Market> markets();

    /** The length of a tick. */
    Duration gap();

    /** How many ticks there are. */
    int ticks();

    /** Whether an instance is to be had, or one that is held goes on. */
    boolean isOpen(int market, int tick);

    double pricePerHour(int market, int tick);
}
