package dev.drover.control;

import dev.drover.cloud.CloudException;
import dev.drover.cloud.CloudProvider;
import dev.drover.cloud.Instance;
import dev.drover.cloud.LaunchRequest;
import dev.drover.cloud.LaunchResult;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Offer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A cloud that does all that it is asked to, on a network that loses what it answers to launches, while it is told to. */
final class LostAnswers implements CloudProvider {
    final List<NodeId> asked = new CopyOnWriteArrayList<>();
    volatile boolean losing;
    private final CloudProvider cloud;
    private final Consumer<NodeId> beforeEachLaunch;

    LostAnswers(CloudProvider cloud, Consumer<NodeId> beforeEachLaunch) {
        this.cloud = cloud;
        this.beforeEachLaunch = beforeEachLaunch;
    }

    @Override
    public String name() {
        return cloud.name();
    }

    @Override
    public List<Offer> offers() {
        return cloud.offers();
    }

    @Override
    public LaunchResult launch(LaunchRequest request) {
        beforeEachLaunch.accept(request.node());
        LaunchResult result = cloud.launch(request);
        asked.add(request.node());
        if (losing) {
            throw new CloudException("timed out after 20 s; whether it worked is not known");
        }
        return result;
    }

    @Override
    public void terminate(String owner, NodeId node) {
        cloud.terminate(owner, node);
    }

    @Override
    public List<Instance> instances(String owner) {
        return cloud.instances(owner);
    }

    @Override
    public Optional<Instance> instance(String owner, NodeId node) {
        return cloud.instance(owner, node);
    }

    @Override
    public void close() {
        cloud.close();
    }
}
