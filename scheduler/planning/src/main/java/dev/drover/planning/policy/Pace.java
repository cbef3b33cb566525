package dev.drover.planning.policy;

import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.Optional;

/**
 * How a shard with a deadline stands. With the markets as they are it makes a {@link Situation}.
 *
 * @param elapsed since the job was submitted
 * @param deadline the time it has in all
 * @param done work that is surely saved
 * @param changeover how long a launched instance is paid for before it works
 * @param tick how long it can take until a market is asked again
 * @param lostLast where its spot capacity was last taken away
 */
public record Pace(
        Duration elapsed,
        Duration deadline,
        Duration done,
        Duration work,
        Duration changeover,
        Duration tick,
        Optional<Market> lostLast) {}
