package dev.drover.cloud;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Offer;
import java.util.List;
import java.util.Optional;

/**
 * One cloud, as the scheduler needs it.
 *
 * <p>Every call blocks and may be made from any thread, best a virtual one. What a cloud answers is a value; an exception
 * means that nothing is known of the outcome, and every call is idempotent, so that the caller may simply repeat it.
 *
 * <p>Several clusters may use one account: each sees and touches only what carries its own ownership tag, even where their nodes
 * have the same names.
 *
 * <p>It does not retry, choose markets, or keep state: those are the caller's.
 */
public interface CloudProvider extends AutoCloseable {
    /** The provider's name in a {@link dev.drover.protocol.market.Market}, as {@code local}. */
    String name();

    /**
     * The price and the resources of every market, now. An offer promises no capacity.
     *
     * @throws CloudException if the cloud could not be asked
     */
    List<Offer> offers();

    /**
     * Launches one instance in the first of the request's markets that gives one.
     *
     * <p>Owner and node are the client token: a repeat of the request returns the instance of the first, also after it ended,
     * and never starts a second.
     *
     * @throws CloudException if the outcome is unknown: repeat the request, or ask {@link #instance}
     */
    LaunchResult launch(LaunchRequest request);

    /**
     * Ends the instance of the owner's node. An unknown or ended node is fine, and so is another owner's of that name: it is not
     * touched. The instance may live on for a grace of a few seconds.
     *
     * @throws CloudException if the cloud could not be asked
     */
    void terminate(String owner, NodeId node);

    /**
     * Every instance that carries this ownership tag: those that live, and those that ended lately, with how they ended.
     *
     * @throws CloudException if the cloud could not be asked
     */
    List<Instance> instances(String owner);

    /**
     * What the cloud knows of one node of the owner: a {@link InstanceState#TERMINATED} instance is proof of its death. Empty
     * means that the cloud never launched it, or has forgotten it long after its end.
     *
     * @throws CloudException if the cloud could not be asked
     */
    Optional<Instance> instance(String owner, NodeId node);

    /** Gives back connections and threads. Instances live on. */
    @Override
    void close();
}
