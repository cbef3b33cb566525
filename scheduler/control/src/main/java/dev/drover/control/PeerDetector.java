package dev.drover.control;

import com.typesafe.config.Config;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.Address;
import org.apache.pekko.event.EventStream;
import org.apache.pekko.remote.FailureDetector;
import org.apache.pekko.remote.FailureDetectorWithAddress;
import org.apache.pekko.remote.PhiAccrualFailureDetector;

/**
 * Whether a scheduler can be reached, for the cluster: not when it is silent for too long, as Pekko has it, and not when
 * {@link PeerWatch} has proof that it is dead. A member that is downed leaves only once it can't be reached; without this it would
 * stay, and its pools with it, until its silence is long enough as well.
 *
 * <p>A heartbeat outweighs the proof: it is from a successor at the same address, or the proof was wrong.
 */
public final class PeerDetector implements FailureDetector, FailureDetectorWithAddress {
    /** Pekko makes detectors by their class name, and gives them nothing of ours: so this is the process's. Addresses are unique in it. */
    private static final Set<String> DEAD = ConcurrentHashMap.newKeySet();

    private final PhiAccrualFailureDetector silence;
    private volatile String address = "";

    /** As Pekko calls it. */
    public PeerDetector(Config config, EventStream events) {
        this.silence = new PhiAccrualFailureDetector(config, events);
    }

    /** Holds until a heartbeat comes from there. */
    static void isDead(Address peer) {
        DEAD.add(peer.toString());
    }

    @Override
    public void setAddress(String peer) {
        address = peer;
        silence.setAddress(peer);
    }

    @Override
    public boolean isAvailable() {
        return !DEAD.contains(address) && silence.isAvailable();
    }

    @Override
    public boolean isMonitoring() {
        return silence.isMonitoring();
    }

    @Override
    public void heartbeat() {
        DEAD.remove(address);
        silence.heartbeat();
    }
}
