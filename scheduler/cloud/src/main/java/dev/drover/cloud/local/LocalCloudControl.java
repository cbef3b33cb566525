package dev.drover.cloud.local;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.drover.cloud.Instance;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.money.Money;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator or a test does to the local cloud: drills, shortages, prices, and its bills. A node is named alone where no
 * other owner has one of that name.
 *
 * <p>Every call throws {@link dev.drover.cloud.CloudException} if the cloud could not be asked, and {@link
 * IllegalArgumentException} in the cloud's words if it refused.
 */
public final class LocalCloudControl implements AutoCloseable {
    private final LocalCloudClient client;

    private LocalCloudControl(LocalCloudClient client) {
        this.client = client;
    }

    /** For the cloud whose {@code --dir} is {@code directory}. */
    public static LocalCloudControl open(Path directory) {
        return new LocalCloudControl(new LocalCloudClient(directory));
    }

    /**
     * Gives the node a notice; its instance ends when that has passed. An earlier end that it already had stays.
     *
     * @throws IllegalArgumentException naming the node if it is unknown or ended
     */
    public void evict(NodeId node, Duration notice) {
        evict(node, new Faults.Evict(notice));
    }

    /**
     * Kills every process of the node at once, without notice or grace.
     *
     * @throws IllegalArgumentException naming the node if it is unknown or ended
     */
    public void kill(NodeId node) {
        evict(node, new Faults.Evict(null));
    }

    /**
     * The same, of the owner's node: others may have one of the same name.
     *
     * @throws IllegalArgumentException naming the node if it is unknown or ended
     */
    public void kill(String owner, NodeId node) {
        found(client.call(
                "POST",
                "/instances/" + node + "/eviction" + LocalCloudProvider.ownedBy(owner),
                new Faults.Evict(null)));
    }

    private void evict(NodeId node, Faults.Evict how) {
        found(client.call("POST", "/instances/" + node + "/eviction", how));
    }

    /**
     * Says of the node, from now on, that it is more likely than others to be taken. Nothing follows from it here.
     *
     * @throws IllegalArgumentException naming the node if it is unknown or ended
     */
    public void signalRebalance(NodeId node) {
        found(client.call("PUT", "/instances/" + node + "/rebalance", null));
    }

    /**
     * Takes that back.
     *
     * @throws IllegalArgumentException naming the node if it is unknown or ended
     */
    public void clearRebalance(NodeId node) {
        found(client.call("DELETE", "/instances/" + node + "/rebalance", null));
    }

    private static void found(LocalCloudClient.Reply reply) {
        if (!reply.isFound()) {
            throw new IllegalArgumentException(reply.detail());
        }
    }

    /**
     * Sets the capacity of each matching market until it is set back, and evicts the newest instances over it.
     *
     * @param notice for those evicted; {@code null} for the catalog's
     */
    public void setCapacity(MarketFilter markets, int capacity, @Nullable Duration notice) {
        client.call("PUT", "/capacity", new Faults.SetCapacity(markets, capacity, notice));
    }

    /** Sets back what was set for exactly these markets, or all of it for {@link MarketFilter#all}. */
    public void clearCapacity(MarketFilter markets) {
        client.call("DELETE", "/capacity", new Faults.SetBack(markets));
    }

    /** Sets the price of each matching market until it is set back. */
    public void setPrice(MarketFilter markets, Money pricePerHour) {
        client.call("PUT", "/price", new Faults.SetPrice(markets, pricePerHour));
    }

    /** Sets back what was set for exactly these markets, or all of it for {@link MarketFilter#all}. */
    public void clearPrice(MarketFilter markets) {
        client.call("DELETE", "/price", new Faults.SetBack(markets));
    }

    /**
     * From now on what launches and ends instances works, and its caller hears nothing of it: the connection breaks after that
     * time.
     */
    public void loseAnswers(Duration after) {
        client.call("PUT", "/answers", new Faults.LoseAnswers(after));
    }

    /** Answers again. */
    public void answer() {
        client.call("DELETE", "/answers", null);
    }

    /** Every instance that the cloud still knows, whoever owns it. */
    public List<Instance> instances() {
        return client.call("GET", "/instances", null).as(new TypeReference<List<Instance>>() {});
    }

    /** What every instance that the cloud still knows has cost so far. */
    public Billing billing() {
        return client.call("GET", "/billing", null).as(new TypeReference<Billing>() {});
    }

    /** Ends every instance and the cloud. Returns when it has begun to. */
    public void stop() {
        client.call("DELETE", "/cloud", null);
    }

    @Override
    public void close() {
        client.close();
    }
}
