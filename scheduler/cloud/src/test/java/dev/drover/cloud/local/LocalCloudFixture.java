package dev.drover.cloud.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.cloud.LaunchRequest;
import dev.drover.cloud.LaunchResult;
import dev.drover.cloud.Waiting;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/** A local cloud in this process, with what a test needs to use it. Its instances are real processes. */
final class LocalCloudFixture implements AutoCloseable {
    static final String OWNER = "tester";
    static final Market SPOT_A = new Market("local", "local-east", "local-east-a", "local.small", CapacityType.SPOT);
    static final Market SPOT_B = new Market("local", "local-east", "local-east-b", "local.small", CapacityType.SPOT);

    /** Quick, and quiet: capacity moves only when a test moves it. */
    static final String CATALOG = """
        tick: 100ms
        notice: 30s
        grace: 3s
        launchDelay: 20ms
        quota: {spot: 12, onDemand: 2}
        spot: {lowestShare: 0.1, highestShare: 0.4, leastCapacity: 10, mostCapacity: 10}
        """;

    final Path directory;
    final LocalCloudProvider provider;
    final LocalCloudControl control;
    final HttpClient http = HttpClient.newHttpClient();
    final AtomicBoolean stopAsked = new AtomicBoolean();
    private final Image image;
    private LocalCloud cloud;
    private LocalCloudServer server;

    LocalCloudFixture(Path directory, Image image) throws IOException {
        this.directory = directory;
        this.image = image;
        this.cloud = openCloud();
        this.server = LocalCloudServer.start(cloud, directory, LocalCloudSettings.LOOPBACK, () -> stopAsked.set(true));
        this.provider = LocalCloudProvider.open(directory);
        this.control = LocalCloudControl.open(directory);
    }

    static Image tinyAgent() {
        return new Image(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx16m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TinyAgent.class.getName()),
                Map.of("TINY", "yes"));
    }

    /** A program that takes no notice of SIGTERM. */
    static Image stubbornAgent() {
        return new Image(
                List.of("/bin/sh", "-c", "trap '' TERM; echo $$ > agent.pid; while :; do sleep 1; done"), Map.of());
    }

    /** A shell that waits, where the agent itself does not matter. */
    static Image sleeper() {
        return new Image(List.of("/bin/sh", "-c", "echo $$ > agent.pid; exec sleep 600"), Map.of());
    }

    private LocalCloud openCloud() throws IOException {
        Catalog catalog = CatalogFile.parse(CATALOG, "test catalog");
        return LocalCloud.open(
                new LocalCloudSettings(
                        directory, OptionalLong.of(7), catalog, directory, image, LocalCloudSettings.LOOPBACK),
                InstantSource.system());
    }

    /** The cloud goes without a word to its instances, and another takes over. */
    void restart() throws IOException {
        server.close();
        cloud.close();
        cloud = openCloud();
        server = LocalCloudServer.start(cloud, directory, LocalCloudSettings.LOOPBACK, () -> stopAsked.set(true));
    }

    LocalCloud cloud() {
        return cloud;
    }

    Instance launch(String node, Market... markets) {
        LaunchResult result = provider.launch(
                new LaunchRequest(new NodeId(node), List.of(markets), OWNER, Map.of("pool", "herd"), "{\"hello\":1}"));
        return switch (result) {
            case LaunchResult.Launched launched -> launched.instance();
            case LaunchResult.Refused refused -> throw new AssertionError("refused: " + refused);
        };
    }

    /** Launches, and returns the pid of the agent once that has written it. */
    long launchAndRun(String node, Market market) throws Exception {
        Instance instance = launch(node, market);
        Path pid = directory.resolve("instances").resolve(instance.instanceId()).resolve("agent.pid");
        Waiting.until(
                "the agent of " + node + " runs",
                () -> Files.exists(pid) && !Files.readString(pid).isBlank());
        untilState(node, InstanceState.RUNNING);
        return Long.parseLong(Files.readString(pid).trim());
    }

    Path instanceDirectory(String node) {
        String id = provider.instance(OWNER, new NodeId(node)).orElseThrow().instanceId();
        return directory.resolve("instances").resolve(id);
    }

    Instance untilState(String node, InstanceState state) throws Exception {
        return Waiting.until(
                        node + " is " + state,
                        () -> provider.instance(OWNER, new NodeId(node)),
                        found -> found.isPresent() && found.get().state() == state)
                .orElseThrow();
    }

    String metadataUrl(String node) {
        return "http://127.0.0.1:"
                + cloud.state()
                        .find(new OwnedNode(OWNER, new NodeId(node)))
                        .orElseThrow()
                        .metadataPort();
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> api(String method, String path, String body) throws Exception {
        Endpoint endpoint = Endpoint.read(directory).orElseThrow();
        return send(HttpRequest.newBuilder(URI.create(endpoint.url() + path))
                .header("Authorization", "Bearer " + endpoint.token())
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    static boolean isLive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessTree::isLive).isPresent();
    }

    /** Ends everything, and fails if a process of any instance is left. */
    @Override
    public void close() throws IOException {
        cloud.endAll();
        server.close();
        cloud.close();
        provider.close();
        control.close();
        http.shutdownNow();
        assertNothingRuns(directory);
    }

    static void assertNothingRuns(Path directory) throws IOException {
        String entry = "DROVER_INSTANCE_DIR=" + directory.toRealPath();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String environment;
                try {
                    environment =
                            Files.readString(process.resolve("environ"), java.nio.charset.StandardCharsets.ISO_8859_1);
                } catch (IOException e) {
                    environment = "";
                }
                assertThat(environment).as("environment of process " + process).doesNotContain(entry);
            }
        }
    }
}
