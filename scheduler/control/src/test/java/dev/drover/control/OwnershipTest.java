package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.cloud.local.Catalog;
import dev.drover.cloud.local.Image;
import dev.drover.cloud.local.LocalCloud;
import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.cloud.local.LocalCloudProvider;
import dev.drover.cloud.local.LocalCloudServer;
import dev.drover.cloud.local.LocalCloudSettings;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.trial.DatabaseKind;
import dev.drover.persistence.trial.TrialPostgres;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No orphan and no double: whole schedulers on a real local cloud, whose instances are processes. */
@Timeout(120)
class OwnershipTest {
    private static final Image SLEEPER = new Image(List.of("/bin/sleep", "600"), Map.of());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private LocalCloud cloud;

    @SuppressWarnings("NullAway.Init")
    private LocalCloudServer server;

    @SuppressWarnings("NullAway.Init")
    private LocalCloudProvider provider;

    @BeforeEach
    void openCloud() throws IOException {
        Path home = directory.resolve("cloud");
        cloud = LocalCloud.open(
                new LocalCloudSettings(
                        home, OptionalLong.of(7), Catalog.standard(), home, SLEEPER, LocalCloudSettings.LOOPBACK),
                InstantSource.system());
        server = LocalCloudServer.start(cloud, home, LocalCloudSettings.LOOPBACK, () -> {});
        provider = LocalCloudProvider.open(home);
    }

    @AfterEach
    void closeCloud() throws IOException {
        provider.close();
        cloud.endAll();
        server.close();
        cloud.close();
    }

    /** Their pools have the same name, and so have their nodes. */
    @Test
    void twoClustersInOneAccountNeverTouchEachOthersInstances() throws IOException {
        try (World one = world("one", "prod-1", DatabaseKind.H2.create(directory.resolve("one")))) {
            oneNode(one);
            Instance first = onlyLiving("prod-1");
            Database second = DatabaseKind.H2.create(directory.resolve("two"));
            try (World two = world("two", "prod-2", second)) {
                oneNode(two);
                Instance other = onlyLiving("prod-2");
                assertThat(other.node()).isEqualTo(first.node());
                assertThat(other.instanceId()).isNotEqualTo(first.instanceId());
                scaleToNothing(two);
                Eventually.isTrue(
                        "the second's is ended", () -> living("prod-2").isEmpty());
            }
            assertThat(onlyLiving("prod-1")).isEqualTo(first);
            assertThat(nodes(one)).extracting(NodeView::instanceId).containsExactly(Optional.of(first.instanceId()));
        }
    }

    /** The node was asked for in the journal before the cloud was, and the lost answer is got by asking again. */
    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void aLaunchThatTimesOutAfterHavingWorkedMakesOneInstance(DatabaseKind kind) throws IOException {
        Database database = kind.create(directory.resolve("one"));
        List<Integer> journalled = new CopyOnWriteArrayList<>();
        LostAnswers lost = new LostAnswers(provider, node -> journalled.add(asked(database, node)));
        lost.losing = true;
        try (World world = world("one", lost, "prod", database)) {
            world.configure(PoolSpec.defaults(World.POOL).withNodes(1, 1));
            Eventually.isTrue("it is asked for again", () -> lost.asked.size() > 1);
            assertThat(nodes(world)).extracting(NodeView::instanceId).containsExactly(Optional.empty());
            lost.losing = false;
            Instance instance = Eventually.get("the pool knows its instance", () -> known(world));
            assertThat(everLaunched()).as("instances ever launched").isOne();
            assertThat(lost.asked).containsOnly(instance.node());
            assertThat(journalled).doesNotContain(0);
        }
    }

    /** Neither the one that was killed before its call, nor the one that was killed before it could note the answer. */
    @Test
    void aSchedulerThatDiesInALaunchLeavesNoOrphanAndMakesNoDouble() throws IOException {
        Database database = TrialPostgres.create();
        LostAnswers lost = new LostAnswers(provider, node -> {});
        lost.losing = true;
        NodeId node;
        try (World dying = world("one", lost, "prod", database)) {
            dying.configure(PoolSpec.defaults(World.POOL).withNodes(1, 1));
            Eventually.isTrue("it was launched, and nobody heard", () -> !lost.asked.isEmpty());
            node = lost.asked.getFirst();
        }
        lost.losing = false;
        try (World next = world("one", lost, "prod", database)) {
            Instance instance = Eventually.get("the next one adopts it", () -> known(next));
            assertThat(instance.node()).isEqualTo(node);
            assertThat(everLaunched()).as("instances ever launched").isOne();
        }
    }

    /** Its database was put back to a time before the launch: the tag is the cluster's, and no pool knows the node. */
    @Test
    void whatNoPoolOfItsClusterKnowsIsEndedAndAnotherClustersIsNot() throws IOException {
        try (World one = world("one", "prod", TrialPostgres.create());
                World other = world("two", "test", TrialPostgres.create())) {
            oneNode(one);
            oneNode(other);
        }
        Instance stranger = onlyLiving("test");
        try (World emptied = world("three", "prod", TrialPostgres.create())) {
            assertThat(emptied.url).isNotEmpty();
            Eventually.isTrue("the orphan is ended", () -> living("prod").isEmpty());
        }
        assertThat(onlyLiving("test")).isEqualTo(stranger);
    }

    private World world(String home, String owner, Database database) throws IOException {
        return world(home, new LostAnswers(provider, node -> {}), owner, database);
    }

    private World world(String home, LostAnswers through, String owner, Database database) throws IOException {
        return new World(directory.resolve(home), through, node -> {}, database, ClusterConfig.ALONE, owner);
    }

    private void oneNode(World world) {
        world.configure(PoolSpec.defaults(World.POOL).withNodes(1, 1));
        assertThat(Eventually.get("the pool knows its instance", () -> known(world)))
                .isNotNull();
    }

    private static void scaleToNothing(World world) {
        assertThat(world.ask(new PoolCommand.ScalePool(0, 0))).isInstanceOf(PoolReply.Done.class);
    }

    private Optional<Instance> known(World world) {
        return nodes(world).stream()
                .flatMap(node -> node.instanceId().stream())
                .flatMap(id -> List.of("prod", "prod-1", "prod-2", "test").stream()
                        .flatMap(owner -> provider.instances(owner).stream())
                        .filter(instance -> instance.instanceId().equals(id)))
                .findFirst();
    }

    private static List<NodeView> nodes(World world) {
        try {
            return world.ask(new PoolCommand.ListNodes()) instanceof PoolReply.Nodes(List<NodeView> nodes)
                    ? nodes
                    : List.of();
        } catch (CompletionException e) {
            return List.of();
        }
    }

    private List<Instance> living(String owner) {
        return provider.instances(owner).stream()
                .filter(instance -> instance.state() != InstanceState.TERMINATED)
                .toList();
    }

    private Instance onlyLiving(String owner) {
        Eventually.isTrue(
                "one instance of " + owner + " runs",
                () -> living(owner).stream().map(Instance::state).toList().equals(List.of(InstanceState.RUNNING)));
        return living(owner).getFirst();
    }

    private int everLaunched() {
        try (LocalCloudControl control = LocalCloudControl.open(directory.resolve("cloud"))) {
            return control.billing().lines().size();
        }
    }

    /** How often the journal says that the node was asked for. */
    private static int asked(Database database, NodeId node) {
        try (HikariDataSource source = database.connect("test", 1);
                Connection connection = source.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT \"event_payload\" FROM \"event_journal\" WHERE \"event_ser_manifest\" = 'node.requested.v1'")) {
            int found = 0;
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found += new String(rows.getBytes(1), java.nio.charset.StandardCharsets.UTF_8)
                                    .contains("\"" + node + "\"")
                            ? 1
                            : 0;
                }
            }
            return found;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
