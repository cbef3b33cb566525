package dev.drover.cloud.local;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.drover.cloud.CloudException;
import dev.drover.cloud.CloudProvider;
import dev.drover.cloud.Instance;
import dev.drover.cloud.LaunchRequest;
import dev.drover.cloud.LaunchResult;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Offer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The local cloud of a directory, whichever process serves it now. It need not run yet. */
public final class LocalCloudProvider implements CloudProvider {
    private final LocalCloudClient client;

    private LocalCloudProvider(LocalCloudClient client) {
        this.client = client;
    }

    /** For the cloud whose {@code --dir} is {@code directory}. */
    public static LocalCloudProvider open(Path directory) {
        return new LocalCloudProvider(new LocalCloudClient(directory));
    }

    @Override
    public String name() {
        return Catalog.PROVIDER;
    }

    @Override
    public List<Offer> offers() {
        return found("GET", "/offers").as(new TypeReference<List<Offer>>() {});
    }

    @Override
    public LaunchResult launch(LaunchRequest request) {
        return client.call("POST", "/launches", request).as(new TypeReference<LaunchResult>() {});
    }

    @Override
    public void terminate(String owner, NodeId node) {
        client.call("DELETE", "/instances/" + node + ownedBy(owner), null);
    }

    @Override
    public List<Instance> instances(String owner) {
        return found("GET", "/instances" + ownedBy(owner)).as(new TypeReference<List<Instance>>() {});
    }

    @Override
    public Optional<Instance> instance(String owner, NodeId node) {
        LocalCloudClient.Reply reply = client.call("GET", "/instances/" + node + ownedBy(owner), null);
        return reply.isFound() ? Optional.of(reply.as(new TypeReference<Instance>() {})) : Optional.empty();
    }

    @Override
    public void close() {
        client.close();
    }

    static String ownedBy(String owner) {
        return "?owner=" + URLEncoder.encode(owner, StandardCharsets.UTF_8);
    }

    private LocalCloudClient.Reply found(String method, String path) {
        LocalCloudClient.Reply reply = client.call(method, path, null);
        if (!reply.isFound()) {
            throw new CloudException("what answers for the local cloud knows no " + path + "; is it another program?");
        }
        return reply;
    }
}
