package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.id.NodeId;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
    private static final NodeId NODE = new NodeId("n-1");

    private final Inbox inbox = new Inbox();

    @Test
    void whatSaysAllThereIsToKnowReplacesWhatWaits() {
        add(new Input.Tick());
        add(status(1));
        add(new Input.OffersSeen(List.of()));
        add(status(2));
        add(new Input.Tick());
        assertThat(taken()).containsExactly(new Input.Tick(), status(2), new Input.OffersSeen(List.of()));
        assertThat(inbox.isEmpty()).isTrue();
    }

    @Test
    void aStatusNeverPassesAConnectionEvent() {
        add(status(1));
        add(new Input.AgentConnected(NODE, "inc"));
        add(status(2));
        add(status(3));
        add(new Input.AgentDisconnected(NODE, "inc"));
        add(status(4));
        assertThat(taken())
                .containsExactly(
                        status(1),
                        new Input.AgentConnected(NODE, "inc"),
                        status(3),
                        new Input.AgentDisconnected(NODE, "inc"),
                        status(4));
    }

    @Test
    void connectionEventsTakeRoomByNodeNotByTime() {
        NodeId other = new NodeId("n-2");
        add(new Input.AgentDisconnected(other, "theirs"));
        for (int flap = 0; flap < 50; flap++) {
            add(new Input.AgentConnected(NODE, "inc-" + flap));
            add(new Input.AgentDisconnected(NODE, "inc-" + flap));
        }
        assertThat(taken())
                .as("the last word of each node, and what it is about")
                .containsExactly(
                        new Input.AgentDisconnected(other, "theirs"),
                        new Input.AgentConnected(NODE, "inc-49"),
                        new Input.AgentDisconnected(NODE, "inc-49"));
    }

    @Test
    void whatIsToldPassesACrowdOfAskersAndLeavesThemHalf() {
        for (int asked = 0; asked < Inbox.MAX_ASKED; asked++) {
            add(new Input.Asked(new PoolCommand.PausePool()));
        }
        for (int node = 0; node < 20; node++) {
            add(new Input.AgentConnected(new NodeId("n-" + node), "inc"));
        }
        List<Input> taken = inbox.take(10).stream().map(Request::input).toList();
        assertThat(taken.subList(0, 5)).allMatch(Input.AgentConnected.class::isInstance);
        assertThat(taken.subList(5, 10)).allMatch(Input.Asked.class::isInstance);
    }

    @Test
    void questionsAreKeptEachAndInOrderUpToTheBound() {
        for (int asked = 0; asked < Inbox.MAX_ASKED; asked++) {
            assertThat(inbox.add(Request.of(new Input.Asked(new PoolCommand.PausePool()))))
                    .isTrue();
        }
        assertThat(inbox.add(Request.of(new Input.Asked(new PoolCommand.PausePool()))))
                .isFalse();
        assertThat(inbox.take(7)).hasSize(7);
        assertThat(inbox.add(Request.of(new Input.Asked(new PoolCommand.PausePool()))))
                .isTrue();
    }

    private void add(Input input) {
        assertThat(inbox.add(Request.of(input))).isTrue();
    }

    private List<Input> taken() {
        return inbox.take(100).stream().map(Request::input).toList();
    }

    private static Input status(long sequence) {
        return new Input.StatusReported(new AgentReport.Status(NODE, "inc", sequence, null, List.of()));
    }
}
