package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.control.FormingDecider.Step;
import dev.drover.persistence.cluster.Census;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FormingDeciderTest {
    private static final Instant THEN = Instant.parse("2026-03-01T12:00:00Z");
    private static final Set<String> NONE = Set.of();

    private final FormingDecider decider = new FormingDecider("self:1");

    @Test
    void onAFreshDatabaseItFormsTheFirstCluster() {
        assertThat(decider.decide(new Census(0, List.of()), List.of(), NONE)).isEqualTo(new Step.Form(0));
    }

    @Test
    void onAFreshDatabaseOtherAddressesAreAskedFirst() {
        for (int turn = 0; turn < FormingDecider.FIRST_TURNS; turn++) {
            assertThat(decider.decide(new Census(0, List.of()), List.of("a:1", "self:1"), NONE))
                    .isEqualTo(ask("a:1"));
        }
        assertThat(decider.decide(new Census(0, List.of()), List.of("a:1", "self:1"), NONE))
                .isEqualTo(new Step.Form(0));
    }

    @Test
    void itAsksMembersThatTellSomething() {
        for (int turn = 0; turn < 100; turn++) {
            Census census = new Census(4, List.of(row("a:1", 4, turn), row("b:1", 4, 0)));
            assertThat(decider.decide(census, List.of("c:1"), Set.of("a:1", "b:1")))
                    .as("turn " + turn)
                    .isEqualTo(ask("a:1", "b:1", "c:1"));
        }
    }

    @Test
    void itFormsTheNextOneWhenAllMembersAreSilent() {
        Census census = new Census(4, List.of(row("a:1", 4, 0), row("b:1", 4, 0)));
        for (int turn = 0; turn <= FormingDecider.SILENT_TURNS - 1; turn++) {
            assertThat(decider.decide(census, List.of(), Set.of("a:1"))).isInstanceOf(Step.Ask.class);
        }
        assertThat(decider.decide(census, List.of(), Set.of("a:1"))).isEqualTo(new Step.Form(4));
    }

    @Test
    void itFormsTheNextOneSoonerWhenAllRefuseConnections() {
        Census census = new Census(4, List.of(row("a:1", 4, 0), row("b:1", 4, 0)));
        Set<String> all = Set.of("a:1", "b:1");
        assertThat(decider.decide(census, List.of(), all)).isInstanceOf(Step.Ask.class);
        assertThat(decider.decide(census, List.of(), all)).isInstanceOf(Step.Ask.class);
        assertThat(decider.decide(census, List.of(), Set.of("b:1")))
                .as("once it did not")
                .isInstanceOf(Step.Ask.class);
        assertThat(decider.decide(census, List.of(), all)).isInstanceOf(Step.Ask.class);
        assertThat(decider.decide(census, List.of(), all)).isInstanceOf(Step.Ask.class);
        assertThat(decider.decide(census, List.of(), all)).isEqualTo(new Step.Form(4));
    }

    @Test
    void whoLeftOrIsOfAFormerClusterOrWasItselfIsNotWaitedFor() {
        Census census = new Census(4, List.of(row("old:1", 3, 0), row("seeks:1", 0, 0), row("self:1", 4, 0)));
        assertThat(decider.decide(census, List.of(), NONE)).isEqualTo(new Step.Form(4));
    }

    private static Step ask(String... addresses) {
        return new Step.Ask(new TreeSet<>(List.of(addresses)));
    }

    private static Census.Row row(String address, long formation, int second) {
        return new Census.Row(
                address, 7, formation, "ws://x", List.of(), 0, THEN.plusSeconds(second), Duration.ofDays(1));
    }
}
