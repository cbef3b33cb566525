package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.JobArchived;
import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.event.PoolEvent.NodeGone;
import dev.drover.planning.event.PoolEvent.NodeLaunched;
import dev.drover.planning.event.PoolEvent.Part;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Ledger.Spend;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.Parts;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.SpendCategory;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A second set of books, kept from what happened alone: the pool's must agree with it to the last digit. */
final class Books {
    private final Map<NodeId, Instant> launched = new HashMap<>();
    private final Map<SpendCategory, Spend> archived = new EnumMap<>(SpendCategory.class);
    private final Map<String, Money> archivedByOwner = new HashMap<>();
    private Duration ended = Duration.ZERO;
    private BigDecimal paid = BigDecimal.ZERO;
    private BigDecimal onDemand = BigDecimal.ZERO;

    /** To be told every event, with the state before it. */
    void note(PoolState before, PoolEvent event) {
        bookedBeforeItsPayersChange(before, before.apply(event), event);
        if (event instanceof NodeLaunched launch) {
            launched.put(launch.node(), launch.at());
        }
        if (event instanceof NodeGone gone) {
            Optional.ofNullable(launched.remove(gone.node()))
                    .ifPresent(from -> ended = ended.plus(between(from, gone)));
        }
        if (event instanceof NodeBilled bill) {
            Duration time = Duration.between(bill.from(), bill.to());
            paid = paid.add(bill.pricePerHour().perHourFor(time).amount());
            onDemand = onDemand.add(bill.onDemandPricePerHour().perHourFor(time).amount());
        }
        if (event instanceof JobArchived archive) {
            before.job(archive.job()).ifPresent(job -> add(job, archived, archivedByOwner));
        }
    }

    private static Duration between(Instant from, PoolEvent to) {
        return Duration.between(from, to.at());
    }

    private static void bookedBeforeItsPayersChange(PoolState before, PoolState after, PoolEvent event) {
        for (Node node : before.nodes().values()) {
            boolean open = node.instance()
                    .filter(instance -> instance.billedTo().isBefore(event.at()))
                    .isPresent();
            if (open && !(event instanceof NodeBilled)) {
                assertThat(parts(after, node.id()))
                        .as("who pays for " + node.id() + ", open when " + event)
                        .isEqualTo(parts(before, node.id()));
            }
        }
    }

    private static List<Part> parts(PoolState state, NodeId id) {
        return state.node(id)
                .flatMap(node -> node.instance().map(instance -> Parts.of(state, node, instance.resources())))
                .orElse(List.of());
    }

    void check(PoolState state) {
        Map<SpendCategory, Spend> pool = state.ledger().total().byCategory();
        everySecondIsBookedOnce(state, pool);
        Map<SpendCategory, Spend> jobs = new EnumMap<>(archived);
        Map<String, Money> owners = new HashMap<>(archivedByOwner);
        state.jobs().values().forEach(job -> add(job, jobs, owners));
        assertThat(jobs).as("no job pays for idle slots").doesNotContainKey(SpendCategory.IDLE);
        Optional.ofNullable(pool.get(SpendCategory.IDLE)).ifPresent(idle -> jobs.put(SpendCategory.IDLE, idle));
        assertThat(jobs).as("what all jobs paid, and the pool's idle slots").isEqualTo(pool);
        assertThat(state.ledger().byOwner()).as("by owner").containsExactlyInAnyOrderEntriesOf(owners);
    }

    private void everySecondIsBookedOnce(PoolState state, Map<SpendCategory, Spend> pool) {
        Duration time = ended;
        for (NodeId id : launched.keySet()) {
            Node.Instance open = state.node(id).flatMap(Node::instance).orElseThrow();
            time = time.plus(Duration.between(open.launchedAt(), open.billedTo()));
        }
        assertThat(pool.values().stream().map(Spend::instanceTime).reduce(Duration.ZERO, Duration::plus))
                .as("instance-seconds")
                .isEqualTo(time);
        assertThat(state.ledger().total().spent().map(Money::amount).orElse(BigDecimal.ZERO))
                .as("spent")
                .isEqualByComparingTo(paid);
        assertThat(state.ledger().total().onDemand().map(Money::amount).orElse(BigDecimal.ZERO))
                .as("on demand")
                .isEqualByComparingTo(onDemand);
    }

    private static void add(Job job, Map<SpendCategory, Spend> sums, Map<String, Money> owners) {
        job.ledger().byCategory().forEach((category, spend) -> sums.merge(category, spend, Books::sum));
        job.ledger().spent().ifPresent(spent -> owners.merge(job.owner(), spent, Money::plus));
    }

    private static Spend sum(Spend one, Spend two) {
        return new Spend(
                one.instanceTime().plus(two.instanceTime()),
                one.spent().plus(two.spent()),
                one.onDemand().plus(two.onDemand()));
    }
}
