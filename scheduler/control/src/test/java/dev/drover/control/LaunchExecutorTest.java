package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.Intent;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaunchExecutorTest {
    private static final PoolName POOL = new PoolName("herd");
    private static final NodeId NODE = new NodeId("n-1");
    private static final Intent.LaunchNode LAUNCH = new Intent.LaunchNode(NODE, List.of(FakeCloudProvider.SPOT));
    private static final SchedulerConfig CONFIG = SchedulerConfig.local(
            "me",
            () -> List.of("wss://127.0.0.1:1/agents/v1"),
            "a secret of enough length",
            Optional.of("a CA in PEM"),
            "file:///store");

    private final FakeCloudProvider cloud = new FakeCloudProvider();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LaunchExecutor executor =
            new LaunchExecutor(cloud, node -> cloud.end(node, "killed"), CONFIG, new Offers(), threads);
    private final List<Input> results = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void repeatedIntentsMakeOneCallWhileItIsUnderWay() {
        cloud.stall = new CountDownLatch(1);
        executor.launch(POOL, LAUNCH, results::add);
        Eventually.isTrue("the call is made", () -> cloud.launches.size() == 1);
        for (int repeat = 0; repeat < 20; repeat++) {
            executor.launch(POOL, LAUNCH, results::add);
            executor.terminate(NODE, results::add);
        }
        cloud.stall.countDown();
        Eventually.isTrue("it is launched", () -> results.size() == 1);
        assertThat(cloud.launches).hasSize(1);
        assertThat(cloud.terminations).isEmpty();
        assertThat(results.getFirst()).isInstanceOf(Input.Launched.class);
    }

    @Test
    void theInstanceLearnsWhatItNeeds() {
        executor.launch(POOL, LAUNCH, results::add);
        Eventually.isTrue("it is launched", () -> results.size() == 1);
        UserData told = World.userData(cloud.launches.getFirst());
        assertThat(told.node()).isEqualTo(NODE);
        assertThat(told.schedulers()).containsExactly("wss://127.0.0.1:1/agents/v1");
        assertThat(told.ca()).contains("a CA in PEM");
        assertThat(CONFIG.toString()).doesNotContain(CONFIG.secret());
        assertThat(new JoinTokens(CONFIG.secret()).matches(NODE, POOL, told.token()))
                .isTrue();
        assertThat(new JoinTokens(CONFIG.secret()).matches(new NodeId("n-2"), POOL, told.token()))
                .isFalse();
        assertThat(cloud.launches.getFirst().tags()).containsEntry(LaunchExecutor.POOL_TAG, "herd");
    }

    @Test
    void anUnknownOutcomeIsToldAndCanBeRepeated() {
        cloud.failing = true;
        executor.launch(POOL, LAUNCH, results::add);
        Eventually.isTrue("it is told", () -> results.size() == 1);
        assertThat(results.getFirst())
                .isEqualTo(new Input.Failed(
                        new Effort.Instance(NODE), "dev.drover.cloud.CloudException: the cloud is down"));
        cloud.failing = false;
        executor.launch(POOL, LAUNCH, results::add);
        Eventually.isTrue("a repeat gets through", () -> results.size() == 2);
        assertThat(results.get(1)).isInstanceOf(Input.Launched.class);
    }

    @Test
    void refusalsAndEndsAreReported() {
        cloud.refusing = true;
        executor.launch(POOL, LAUNCH, results::add);
        Eventually.isTrue("it is refused", () -> results.size() == 1);
        assertThat(results.getFirst()).isInstanceOf(Input.LaunchRefused.class);
        cloud.plant(NODE, "me");
        executor.probe(NODE, results::add);
        executor.kill(NODE, results::add);
        Eventually.isTrue("its end is proven", () -> results.size() == 2);
        assertThat(results.get(1))
                .isInstanceOfSatisfying(
                        Input.InstanceEnded.class,
                        ended -> assertThat(ended.evidence()).contains("killed"));
    }
}
