package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerDetectorTest {
    private static final Address DEAD = new Address("pekko", "drover", "127.0.0.1", 25_001);
    private static final Address WELL = new Address("pekko", "drover", "127.0.0.1", 25_002);

    @SuppressWarnings("NullAway.Init")
    private ActorSystem system;

    @BeforeEach
    void start() {
        system = ActorSystem.create(
                "detectors",
                ConfigFactory.parseString("pekko.actor.provider = local").withFallback(ConfigFactory.load()));
    }

    @AfterEach
    void end() {
        TestKit.shutdownActorSystem(system);
    }

    @Test
    void whoIsProvedDeadCannotBeReachedUntilItIsHeard() {
        PeerDetector dead = of(DEAD);
        PeerDetector well = of(WELL);
        assertThat(dead.isAvailable()).isTrue();
        PeerDetector.isDead(DEAD);
        assertThat(dead.isAvailable()).isFalse();
        assertThat(well.isAvailable()).as("another one").isTrue();
        dead.heartbeat();
        assertThat(dead.isAvailable()).as("it is heard").isTrue();
    }

    private PeerDetector of(Address peer) {
        PeerDetector detector = new PeerDetector(
                ConfigFactory.load().getConfig("pekko.cluster.failure-detector"), system.eventStream());
        detector.setAddress(peer.toString());
        detector.heartbeat();
        return detector;
    }
}
