package dev.drover.cloud;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the scheduler relies on, whichever the cloud. Every provider passes this suite.
 *
 * <p>A provider's own test gives the provider, a market with room for a few instances, and one without any.
 */
public abstract class CloudProviderContract {
    protected static final String OWNER = "drover-contract";

    protected abstract CloudProvider provider();

    /** A spot market with room for at least eight instances. */
    protected abstract Market roomy();

    /** A market of the catalog that refuses for want of capacity. */
    protected abstract Market full();

    /** The provider, when its cloud can't be reached. */
    protected abstract CloudProvider unreachable();

    protected LaunchRequest request(String node, Market... markets) {
        return new LaunchRequest(new NodeId(node), List.of(markets), OWNER, Map.of("pool", "contract"), "{}");
    }

    protected Instance launched(LaunchRequest request) {
        return switch (provider().launch(request)) {
            case LaunchResult.Launched launched -> launched.instance();
            case LaunchResult.Refused refused -> throw new AssertionError("refused: " + refused);
        };
    }

    protected Instance untilState(String node, InstanceState state) throws Exception {
        return Waiting.until(
                        node + " is " + state,
                        () -> provider().instance(OWNER, new NodeId(node)),
                        found -> found.isPresent() && found.get().state() == state)
                .orElseThrow();
    }

    @Test
    void offersEveryMarketOnceInItsOwnName() {
        List<Offer> offers = provider().offers();
        assertThat(offers).isNotEmpty().allSatisfy(offer -> {
            assertThat(offer.market().provider()).isEqualTo(provider().name());
            assertThat(offer.pricePerHour().amount()).isPositive();
            assertThat(offer.resources().count()).isPositive();
        });
        assertThat(offers.stream().map(Offer::market)).doesNotHaveDuplicates().contains(roomy(), full());
    }

    @Test
    void spotIsCheaperThanTheSameOnDemand() {
        Map<Market, Offer> offers =
                provider().offers().stream().collect(java.util.stream.Collectors.toMap(Offer::market, offer -> offer));
        Offer spot = requireNonNull(offers.get(roomy()));
        Offer steady = requireNonNull(offers.get(roomy().as(CapacityType.ON_DEMAND)));
        assertThat(spot.pricePerHour()).isLessThan(steady.pricePerHour());
    }

    @Test
    void launchesAndRuns() throws Exception {
        Instance instance = launched(request("runs", roomy()));
        assertThat(instance.node()).isEqualTo(new NodeId("runs"));
        assertThat(instance.market()).isEqualTo(roomy());
        assertThat(instance.owner()).isEqualTo(OWNER);
        assertThat(instance.tags()).containsEntry("pool", "contract");
        assertThat(instance.pricePerHour().amount()).isPositive();
        assertThat(untilState("runs", InstanceState.RUNNING).instanceId()).isEqualTo(instance.instanceId());
    }

    @Test
    void repeatOfALaunchIsTheSameInstanceAlsoAfterItsEnd() throws Exception {
        Instance first = launched(request("repeat", roomy()));
        assertThat(launched(request("repeat", roomy())).instanceId()).isEqualTo(first.instanceId());
        provider().terminate(OWNER, new NodeId("repeat"));
        untilState("repeat", InstanceState.TERMINATED);
        Instance again = launched(request("repeat", roomy()));
        assertThat(again.instanceId()).isEqualTo(first.instanceId());
        assertThat(again.state()).isEqualTo(InstanceState.TERMINATED);
    }

    @Test
    void launchesOfOneNodeAtOnceAreOneInstance() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Instance> launch = () -> launched(request("at-once", roomy()));
            List<Future<Instance>> launches =
                    threads.invokeAll(Stream.generate(() -> launch).limit(8).toList());
            List<String> ids = new java.util.ArrayList<>();
            for (Future<Instance> one : launches) {
                ids.add(one.get().instanceId());
            }
            assertThat(ids).hasSize(8).containsOnly(ids.getFirst());
        }
        assertThat(provider().instances(OWNER))
                .filteredOn(i -> i.node().value().equals("at-once"))
                .hasSize(1);
    }

    @Test
    void triesMarketsInOrderAndSaysWhyNot() {
        LaunchResult result = provider().launch(request("ladder", full(), roomy()));
        assertThat(result).isInstanceOfSatisfying(LaunchResult.Launched.class, launched -> {
            assertThat(launched.instance().market()).isEqualTo(roomy());
            assertThat(launched.refusals()).singleElement().satisfies(refusal -> {
                assertThat(refusal.market()).isEqualTo(full());
                assertThat(refusal.kind()).isEqualTo(Refusal.Kind.NO_CAPACITY);
                assertThat(refusal.code()).isNotBlank();
            });
        });
    }

    @Test
    void refusalStartsNothingAndTheNodeMayBeLaunchedLater() {
        Market unknown = new Market(provider().name(), "nowhere", "nowhere-a", "no.type", CapacityType.SPOT);
        LaunchResult result = provider().launch(request("refused", unknown, full()));
        assertThat(result.refusals())
                .extracting(Refusal::kind)
                .containsExactly(Refusal.Kind.NOT_OFFERED, Refusal.Kind.NO_CAPACITY);
        assertThat(result).isInstanceOf(LaunchResult.Refused.class);
        assertThat(provider().instance(OWNER, new NodeId("refused"))).isEmpty();
        assertThat(launched(request("refused", roomy())).market()).isEqualTo(roomy());
    }

    @Test
    void terminatedInstanceIsProofOfDeath() throws Exception {
        launched(request("ends", roomy()));
        untilState("ends", InstanceState.RUNNING);
        provider().terminate(OWNER, new NodeId("ends"));
        provider().terminate(OWNER, new NodeId("ends"));
        Instance ended = untilState("ends", InstanceState.TERMINATED);
        assertThat(ended.endedAt()).isNotNull().isAfterOrEqualTo(ended.launchedAt());
        assertThat(ended.endReason()).isNotBlank();
        provider().terminate(OWNER, new NodeId("ends"));
        assertThat(provider().instance(OWNER, new NodeId("ends"))).contains(ended);
        assertThat(provider().instances(OWNER)).contains(ended);
    }

    @Test
    void unknownNodesAreFine() {
        provider().terminate(OWNER, new NodeId("never-launched"));
        assertThat(provider().instance(OWNER, new NodeId("never-launched"))).isEmpty();
    }

    @Test
    void listsByOwnerOnly() {
        Instance mine = launched(request("mine", roomy()));
        LaunchRequest other =
                new LaunchRequest(new NodeId("theirs"), List.of(roomy()), "somebody else & co", Map.of(), "");
        Instance theirs = launched(other);
        assertThat(provider().instances(OWNER))
                .extracting(Instance::node)
                .contains(mine.node())
                .doesNotContain(theirs.node());
        assertThat(provider().instances("somebody else & co"))
                .extracting(Instance::node)
                .containsExactly(theirs.node());
        assertThat(provider().instances("nobody")).isEmpty();
    }

    /** Two clusters in one account, each of which calls its nodes as it likes. */
    @Test
    void ownersNeverTouchEachOthersNodesOfTheSameName() throws Exception {
        String other = "drover-other";
        Instance mine = launched(request("twin", roomy()));
        Instance theirs = launched(
                new LaunchRequest(new NodeId("twin"), List.of(roomy()), other, Map.of("pool", "contract"), "{}"));
        assertThat(theirs.instanceId()).isNotEqualTo(mine.instanceId());
        assertThat(theirs.owner()).isEqualTo(other);
        assertThat(launched(request("twin", roomy())).instanceId()).isEqualTo(mine.instanceId());
        provider().terminate("nobody", new NodeId("twin"));
        provider().terminate(OWNER, new NodeId("twin"));
        untilState("twin", InstanceState.TERMINATED);
        Instance left = provider().instance(other, new NodeId("twin")).orElseThrow();
        assertThat(left.instanceId()).isEqualTo(theirs.instanceId());
        assertThat(left.state()).isNotEqualTo(InstanceState.TERMINATED);
        assertThat(provider().instance("nobody", new NodeId("twin"))).isEmpty();
    }

    @Test
    void unreachableCloudIsAnUnknownOutcome() {
        try (CloudProvider gone = unreachable()) {
            assertThatThrownBy(gone::offers).isInstanceOf(CloudException.class);
            assertThatThrownBy(() -> gone.launch(request("unknown", roomy()))).isInstanceOf(CloudException.class);
            assertThatThrownBy(() -> gone.instance(OWNER, new NodeId("unknown")))
                    .isInstanceOf(CloudException.class);
        }
    }
}
