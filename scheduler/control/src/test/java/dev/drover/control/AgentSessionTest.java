package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.AgentWire;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;

/** In how many frames an agent is told what a pool has to tell it. */
class AgentSessionTest {
    private static final PoolName POOL = new PoolName("herd");
    private static final NodeId NODE = new NodeId("n-1");
    private static final JoinTokens TOKENS = new JoinTokens("a secret of enough length");
    private static final List<AgentCommand> COMMANDS = List.of(
            new AgentCommand.Drill(Duration.ofSeconds(1)),
            new AgentCommand.Drill(Duration.ofSeconds(2)),
            new AgentCommand.Drill(Duration.ofSeconds(3)));

    private final List<byte[]> frames = new ArrayList<>();

    @Test
    void whatIsThereAtOnceGoesInOneFrame() {
        var session = session(true);
        tellAll(session);
        assertThat(frames).hasSize(1);
        tellAll(session);
        assertThat(frames).hasSize(2);
        assertThat(told()).containsExactlyElementsOf(twice(COMMANDS));
    }

    @Test
    void anAgentThatReadsOneAtATimeIsToldOneAtATime() {
        tellAll(session(false));
        assertThat(frames).hasSize(COMMANDS.size());
        assertThat(told()).isEqualTo(COMMANDS);
    }

    private BehaviorTestKit<AgentSession.Message> session(boolean readsSeveral) {
        var session = BehaviorTestKit.create(AgentSession.create(
                new AgentSession.Around(TOKENS, (pool, heard) -> {}, (job, steps) -> {}),
                Duration.ofSeconds(30),
                new AgentSession.Line() {
                    @Override
                    public boolean send(byte[] frame) {
                        return frames.add(frame);
                    }

                    @Override
                    public void close() {}
                }));
        byte[] hello = AgentWire.encode(
                new AgentReport.Hello(NODE, POOL, "inc-1", TOKENS.issue(NODE, POOL), "test", readsSeveral));
        TestInbox<AgentSession.Next> next = TestInbox.create();
        session.run(new AgentSession.Frame(ByteString.fromArray(hello), next.getRef()));
        return session;
    }

    /** As it is when a pool has decided: all are in the mailbox before the session comes to what it told itself. */
    private static void tellAll(BehaviorTestKit<AgentSession.Message> session) {
        COMMANDS.forEach(command -> session.run(new AgentSession.Tell(command)));
        session.selfInbox().getAllReceived().forEach(session::run);
    }

    private List<AgentCommand> told() {
        return frames.stream()
                .flatMap(frame -> AgentWire.decodeCommands(frame, newer -> {
                            throw newer;
                        })
                        .stream())
                .toList();
    }

    private static List<AgentCommand> twice(List<AgentCommand> commands) {
        List<AgentCommand> all = new ArrayList<>(commands);
        all.addAll(commands);
        return all;
    }
}
