package dev.drover.cloud.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.cloud.CloudException;
import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.cloud.LaunchRequest;
import dev.drover.cloud.LaunchResult;
import dev.drover.cloud.Waiting;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.money.Money;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCloudFaultTest {
    private Path directory;

    @BeforeEach
    void use(@TempDir Path empty) {
        directory = empty;
    }

    private LocalCloudFixture open(Image image) throws Exception {
        return new LocalCloudFixture(directory, image);
    }

    @Test
    void agentThatEndsByItselfIsTerminatedWithItsExitCodeAndItsChildrenDie() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.tinyAgent())) {
            cloud.launchAndRun("quits", LocalCloudFixture.SPOT_A);
            Path own = cloud.instanceDirectory("quits");
            long child = Long.parseLong(Files.readString(own.resolve("child.pid")));
            assertThat(LocalCloudFixture.isLive(child)).isTrue();
            Files.writeString(own.resolve("exit"), "3");
            Instance ended = cloud.untilState("quits", InstanceState.TERMINATED);
            assertThat(ended.endReason()).isEqualTo("the agent's process ended with exit code 3");
            assertThat(LocalCloudFixture.isLive(child)).isFalse();
        }
    }

    @Test
    void terminationKillsWhatIgnoresTheSignalAfterTheGrace() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.stubbornAgent())) {
            long agent = cloud.launchAndRun("stubborn", LocalCloudFixture.SPOT_A);
            cloud.provider.terminate(LocalCloudFixture.OWNER, new NodeId("stubborn"));
            assertThat(LocalCloudFixture.isLive(agent)).as("within its grace").isTrue();
            Instance ended = cloud.untilState("stubborn", InstanceState.TERMINATED);
            assertThat(ended.endReason()).isEqualTo("terminated by its owner");
            assertThat(LocalCloudFixture.isLive(agent)).isFalse();
        }
    }

    @Test
    void killGivesNoGrace() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.stubbornAgent())) {
            long agent = cloud.launchAndRun("killed", LocalCloudFixture.SPOT_A);
            long begun = System.nanoTime();
            cloud.control.kill(new NodeId("killed"));
            Instance ended = cloud.untilState("killed", InstanceState.TERMINATED);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
            assertThat(ended.endReason()).contains("killed by a drill");
            assertThat(LocalCloudFixture.isLive(agent)).isFalse();
        }
    }

    @Test
    void evictionGivesItsNoticeThroughTheMetadataAndThenEndsTheInstance() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            cloud.launchAndRun("evicted", LocalCloudFixture.SPOT_A);
            MetadataReader metadata = new MetadataReader(cloud.http, cloud.metadataUrl("evicted"));
            assertThat(metadata.status("/latest/meta-data/spot/instance-action"))
                    .isEqualTo(404);
            cloud.control.evict(new NodeId("evicted"), Duration.ofMillis(1500));
            assertThat(metadata.text("/latest/meta-data/spot/instance-action"))
                    .matches("\\{\"action\":\"terminate\",\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\"\\}");
            assertThat(metadata.text("/latest/meta-data/instance/spot/termination-time"))
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
            assertThat(cloud.provider
                            .instance(LocalCloudFixture.OWNER, new NodeId("evicted"))
                            .orElseThrow()
                            .state())
                    .isEqualTo(InstanceState.RUNNING);
            Instance ended = cloud.untilState("evicted", InstanceState.TERMINATED);
            assertThat(ended.endReason()).isEqualTo("evicted by a drill");
        }
    }

    @Test
    void aNodeThatSeveralOwnersHaveIsNamedWithItsOwner() throws Exception {
        NodeId twin = new NodeId("twin");
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            cloud.launchAndRun("twin", LocalCloudFixture.SPOT_A);
            cloud.provider.launch(new LaunchRequest(twin, List.of(LocalCloudFixture.SPOT_A), "other", Map.of(), "{}"));
            assertThat(cloud.control.instances())
                    .extracting(Instance::owner)
                    .containsExactlyInAnyOrder(LocalCloudFixture.OWNER, "other");
            assertThatThrownBy(() -> cloud.control.kill(twin))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("several owners have a node 'twin'");
            cloud.control.kill("other", twin);
            Waiting.until(
                    "the other's is ended",
                    () -> cloud.provider.instance("other", twin).orElseThrow().state() == InstanceState.TERMINATED);
            assertThat(cloud.provider
                            .instance(LocalCloudFixture.OWNER, twin)
                            .orElseThrow()
                            .state())
                    .isEqualTo(InstanceState.RUNNING);
        }
    }

    @Test
    void launchWhoseAnswerIsLostHasWorkedAndIsFoundByAskingAgain() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            cloud.control.loseAnswers(Duration.ofMillis(50));
            assertThatThrownBy(() -> cloud.launch("unheard", LocalCloudFixture.SPOT_A))
                    .isInstanceOf(CloudException.class);
            Instance launched = cloud.provider
                    .instance(LocalCloudFixture.OWNER, new NodeId("unheard"))
                    .orElseThrow();
            cloud.control.answer();
            assertThat(cloud.launch("unheard", LocalCloudFixture.SPOT_A).instanceId())
                    .isEqualTo(launched.instanceId());
            cloud.control.loseAnswers(Duration.ofMillis(50));
            assertThatThrownBy(() -> cloud.provider.terminate(LocalCloudFixture.OWNER, new NodeId("unheard")))
                    .isInstanceOf(CloudException.class);
            cloud.untilState("unheard", InstanceState.TERMINATED);
        }
    }

    @Test
    void instanceIsToldTheAddressThatItAsksFrom() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            cloud.launchAndRun("asks", LocalCloudFixture.SPOT_A);
            MetadataReader metadata = new MetadataReader(cloud.http, cloud.metadataUrl("asks"));
            assertThat(metadata.text("/latest/meta-data/local-ipv4")).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void rebalanceSignalIsShownInTheMetadataUntilItIsTakenBack() throws Exception {
        String path = "/latest/meta-data/events/recommendations/rebalance";
        NodeId node = new NodeId("signalled");
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            cloud.launchAndRun("signalled", LocalCloudFixture.SPOT_A);
            MetadataReader metadata = new MetadataReader(cloud.http, cloud.metadataUrl("signalled"));
            cloud.control.signalRebalance(node);
            String told = metadata.text(path);
            assertThat(told).matches("\\{\"noticeTime\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\"\\}");
            cloud.control.signalRebalance(node);
            assertThat(metadata.text(path)).isEqualTo(told);
            assertThat(cloud.provider
                            .instance(LocalCloudFixture.OWNER, node)
                            .orElseThrow()
                            .state())
                    .isEqualTo(InstanceState.RUNNING);
            cloud.control.clearRebalance(node);
            assertThat(metadata.status(path)).isEqualTo(404);
            assertThatThrownBy(() -> cloud.control.signalRebalance(new NodeId("no-such")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no-such");
        }
    }

    @Test
    void fallOfCapacityEvictsTheNewestAndRefusesLaunchesUntilSetBack() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            cloud.launchAndRun("older", LocalCloudFixture.SPOT_A);
            cloud.launchAndRun("newer", LocalCloudFixture.SPOT_A);
            cloud.launchAndRun("elsewhere", LocalCloudFixture.SPOT_B);
            cloud.control.setCapacity(MarketFilter.zone("local-east-a"), 1, Duration.ZERO);
            Instance ended = cloud.untilState("newer", InstanceState.TERMINATED);
            assertThat(ended.endReason()).contains("capacity").contains("fell to 1");
            for (String node : List.of("older", "elsewhere")) {
                assertThat(cloud.provider
                                .instance(LocalCloudFixture.OWNER, new NodeId(node))
                                .orElseThrow()
                                .state())
                        .isEqualTo(InstanceState.RUNNING);
            }
            LaunchResult refused = cloud.provider.launch(
                    new LaunchRequest(new NodeId("late"), List.of(LocalCloudFixture.SPOT_A), "tester", Map.of(), ""));
            assertThat(refused.refusals()).extracting(Refusal::code).containsExactly("InsufficientInstanceCapacity");
            cloud.control.clearCapacity(MarketFilter.zone("local-east-a"));
            cloud.launch("late", LocalCloudFixture.SPOT_A);
        }
    }

    @Test
    void quotaRefuses() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            cloud.launch("one", LocalCloudFixture.SPOT_A.as(CapacityType.ON_DEMAND));
            cloud.launch("two", LocalCloudFixture.SPOT_A.as(CapacityType.ON_DEMAND));
            LaunchResult refused = cloud.provider.launch(new LaunchRequest(
                    new NodeId("three"),
                    List.of(LocalCloudFixture.SPOT_A.as(CapacityType.ON_DEMAND)),
                    "tester",
                    Map.of(),
                    ""));
            assertThat(refused.refusals()).extracting(Refusal::kind).containsExactly(Refusal.Kind.QUOTA);
        }
    }

    @Test
    void unknownNodeIsNamed() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            assertThatThrownBy(() -> cloud.control.kill(new NodeId("no-such")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no-such");
            assertThat(cloud.api("POST", "/instances/no-such/eviction", "{}").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void setPriceIsOfferedAndBilled() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            cloud.control.setPrice(MarketFilter.of(LocalCloudFixture.SPOT_A), Money.usd("36"));
            assertThat(cloud.provider.offers())
                    .filteredOn(offer -> offer.market().equals(LocalCloudFixture.SPOT_A))
                    .singleElement()
                    .satisfies(offer -> assertThat(offer.pricePerHour()).isEqualTo(Money.usd("36")));
            cloud.launchAndRun("billed", LocalCloudFixture.SPOT_A);
            cloud.provider.terminate(LocalCloudFixture.OWNER, new NodeId("billed"));
            cloud.untilState("billed", InstanceState.TERMINATED);
            cloud.control.clearPrice(MarketFilter.all());
            Billing.Line line = cloud.control.billing().lines().getFirst();
            assertThat(line.node()).isEqualTo(new NodeId("billed"));
            assertThat(line.cost()).isEqualTo(Money.usd("36").perHourFor(Duration.between(line.from(), line.until())));
        }
    }

    @Test
    void restartedCloudAdoptsItsInstancesWithTheirMetadata() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.tinyAgent())) {
            long agent = cloud.launchAndRun("stays", LocalCloudFixture.SPOT_A);
            cloud.launchAndRun("dies", LocalCloudFixture.SPOT_A);
            String url = cloud.metadataUrl("stays");
            MetadataReader metadata = new MetadataReader(cloud.http, url);
            cloud.control.setCapacity(MarketFilter.zone("local-west-a"), 0, null);
            cloud.restart();
            assertThat(cloud.metadataUrl("stays")).isEqualTo(url);
            assertThat(metadata.text("/latest/meta-data/tags/instance/pool")).isEqualTo("herd");
            assertThat(cloud.untilState("stays", InstanceState.RUNNING).instanceId())
                    .startsWith("i-0");
            assertThat(cloud.cloud().state().capacities()).hasSize(1);
            Files.writeString(cloud.instanceDirectory("dies").resolve("exit"), "0");
            assertThat(cloud.untilState("dies", InstanceState.TERMINATED).endReason())
                    .contains("ended");
            cloud.provider.terminate(LocalCloudFixture.OWNER, new NodeId("stays"));
            cloud.untilState("stays", InstanceState.TERMINATED);
            assertThat(LocalCloudFixture.isLive(agent)).isFalse();
        }
    }

    @Test
    void noticeOutlivesARestart() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            cloud.launchAndRun("noticed", LocalCloudFixture.SPOT_A);
            cloud.control.evict(new NodeId("noticed"), Duration.ofMillis(800));
            cloud.restart();
            assertThat(cloud.untilState("noticed", InstanceState.TERMINATED).endReason())
                    .isEqualTo("evicted by a drill");
        }
    }

    @Test
    void deathWhileTheCloudIsDownIsSeenAtItsReturn() throws Exception {
        try (LocalCloudFixture cloud = open(LocalCloudFixture.sleeper())) {
            long agent = cloud.launchAndRun("lost", LocalCloudFixture.SPOT_A);
            cloud.cloud().close();
            ProcessHandle.of(agent).orElseThrow().destroyForcibly();
            Waiting.until("the agent is dead", () -> !LocalCloudFixture.isLive(agent));
            cloud.restart();
            assertThat(cloud.untilState("lost", InstanceState.TERMINATED).endReason())
                    .contains("while the cloud was down");
        }
    }
}
