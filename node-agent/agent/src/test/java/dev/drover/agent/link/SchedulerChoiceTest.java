package dev.drover.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SchedulerChoiceTest {
    private static final List<String> THREE = List.of("a", "b", "c");
    private static final int AGENTS = 300;

    @Test
    void agentsThatStartTogetherSpreadOverAll() {
        Map<String, Integer> agents = new HashMap<>();
        for (int seed = 0; seed < AGENTS; seed++) {
            agents.merge(new SchedulerChoice(THREE, random(seed)).next(), 1, Integer::sum);
        }
        assertThat(agents.values()).hasSize(3).allMatch(count -> count > AGENTS / 3 - 30);
    }

    @Test
    void theAgentsOfASchedulerThatEndsSpreadOverTheOthers() {
        Map<String, Integer> agents = new HashMap<>();
        for (int seed = 0; seed < AGENTS; seed++) {
            SchedulerChoice choice = new SchedulerChoice(THREE, random(seed));
            String at = choice.next();
            while (!at.equals("b")) {
                at = choice.next();
            }
            agents.merge(choice.next(), 1, Integer::sum);
        }
        assertThat(agents).containsOnlyKeys("a", "c");
        assertThat(agents.values()).allMatch(count -> count > AGENTS / 2 - 40);
    }

    @Test
    void everyRoundHasEachOnceAndNoneComesTwiceInARow() {
        for (int seed = 0; seed < 100; seed++) {
            SchedulerChoice choice = new SchedulerChoice(THREE, random(seed));
            List<String> dialled = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                Set<String> once = new HashSet<>();
                for (int i = 0; i < THREE.size(); i++) {
                    String next = choice.next();
                    assertThat(dialled.isEmpty() ? "" : dialled.getLast()).isNotEqualTo(next);
                    dialled.add(next);
                    once.add(next);
                }
                assertThat(once).hasSize(THREE.size());
            }
        }
    }

    @Test
    void aSoleSchedulerIsDialledAgain() {
        SchedulerChoice choice = new SchedulerChoice(List.of("a"), random(1));
        assertThat(List.of(choice.next(), choice.next())).containsExactly("a", "a");
    }

    @Test
    void aNameIsAnyOfItsAddresses() {
        AnyAddress addresses = new AnyAddress(SchedulerChoiceTest::resolve, random(1), Runnable::run);
        Set<InetSocketAddress> reached = new HashSet<>();
        for (int dial = 0; dial < 50; dial++) {
            reached.add(addresses
                    .resolve("drover.internal", 7070)
                    .toCompletableFuture()
                    .join());
        }
        assertThat(reached)
                .containsExactlyInAnyOrder(
                        new InetSocketAddress("10.0.0.5", 7070), new InetSocketAddress("10.0.0.6", 7070));
        assertThatThrownBy(() ->
                        addresses.resolve("nowhere", 7070).toCompletableFuture().join())
                .hasCauseInstanceOf(UnknownHostException.class);
    }

    private static InetAddress[] resolve(String name) throws UnknownHostException {
        if (!name.equals("drover.internal")) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[] {InetAddress.getByName("10.0.0.5"), InetAddress.getByName("10.0.0.6")};
    }

    private static RandomGenerator random(long seed) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L);
    }
}
