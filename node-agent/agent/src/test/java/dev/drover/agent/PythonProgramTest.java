package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.Python;
import dev.drover.agent.shard.ProcessEvent;
import dev.drover.agent.shard.Program;
import dev.drover.agent.shard.ShardProcess;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ToShard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/PROTOCOL.md, run as it stands there. */
final class PythonProgramTest {
    private static final Pattern EXAMPLE = Pattern.compile("```python\\n(.*?)```", Pattern.DOTALL);
    private static final Lease FIRST = lease(1);
    private static final Lease SECOND = lease(2);

    private Path directory = Path.of("");
    private List<String> command = List.of();

    @BeforeEach
    void writeProgram(@TempDir Path fresh) throws IOException {
        String python = Python.orLeaveOut("the Python program of docs/PROTOCOL.md");
        directory = fresh;
        Path document = Path.of(System.getProperty("drover.root", "../.."), "docs/PROTOCOL.md");
        Matcher example = EXAMPLE.matcher(Files.readString(document));
        assertThat(example.find()).isTrue();
        Path program = Files.writeString(fresh.resolve("train.py"), example.group(1));
        command = List.of(python, program.toString());
    }

    @Test
    void itSurvivesSignalsAndEvictions() throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            ShardTask task = new ShardTask(1, 20, 2, command, "{\"steps\":60}");
            scene.run(FIRST, task, null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 3);
            scene.newChildren().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy));
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 25);
            scene.scheduler.order(
                    NODE, new AgentCommand.HandOff(FIRST, null, Instant.now().plusSeconds(20)));
            ShardStatus stopped = scene.awaitPhase(FIRST, Phase.STOPPED);
            CheckpointRef last = stopped.checkpoint();
            assertThat(last).isNotNull().satisfies(ref -> assertThat(ref.step()).isEqualTo(stopped.step()));
            scene.scheduler.order(NODE, new AgentCommand.Prepare(SECOND, task));
            scene.awaitPhase(SECOND, Phase.PREPARED);
            scene.run(SECOND, task, last);
            ShardStatus done = scene.awaitPhase(SECOND, Phase.DONE);
            assertThat(done.reason()).isNull();
            assertThat(done.checkpoint())
                    .isNotNull()
                    .satisfies(ref -> assertThat(ref.step()).isEqualTo(60));
            Await.until("the programs' end", () -> scene.newChildren().isEmpty());
        }
    }

    @Test
    void itSavesWhenAskedStopsWhenToldAndEndsWithItsAgent() throws IOException {
        List<FromShard> said = new CopyOnWriteArrayList<>();
        ShardProcess process = start("first", said);
        process.send(new ToShard.Start(assignment(), null));
        Await.until("some steps", () -> said.size() > 3);
        process.send(new ToShard.Save());
        Await.until("a save", () -> said.getLast() instanceof FromShard.Step && hasSaved(said));
        process.send(new ToShard.Stop(Instant.now().plusSeconds(10).toEpochMilli()));
        Await.until("its end", () -> !process.isAlive());
        Await.until("its last word", () -> said.getLast() instanceof FromShard.Stopped);
        assertThat(said.get(said.size() - 2)).isInstanceOf(FromShard.Saved.class);

        List<FromShard> next = new CopyOnWriteArrayList<>();
        ShardProcess second = start("second", next);
        second.send(new ToShard.Prepare(assignment()));
        Await.until("prepared", () -> next.getLast() instanceof FromShard.Prepared);
        second.send(new ToShard.Stop(0));
        Await.until("its end", () -> next.getLast() instanceof FromShard.Stopped && !second.isAlive());
    }

    private static boolean hasSaved(List<FromShard> said) {
        return said.stream().anyMatch(FromShard.Saved.class::isInstance);
    }

    private ShardProcess start(String name, List<FromShard> said) throws IOException {
        ShardProcess process = ShardProcess.start(new Program(command, Map.of(), 1), directory.resolve(name + ".log"));
        process.listen(event -> {
            if (event instanceof ProcessEvent.Said(var message)) {
                said.add(message);
            }
        });
        Await.until("ready", () -> !said.isEmpty() && said.getLast() instanceof FromShard.Ready);
        return process;
    }

    private Assignment assignment() {
        return new Assignment("job-a", 0, 1, 1, directory.toString(), 1000, JsonNodeFactory.instance.objectNode());
    }
}
