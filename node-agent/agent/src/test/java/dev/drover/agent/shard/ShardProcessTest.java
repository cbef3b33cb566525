package dev.drover.agent.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.Python;
import dev.drover.protocol.shard.ToShard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShardProcessTest {
    private static final String PROGRAM = """
            import os, socket
            s = socket.socket(socket.AF_UNIX)
            s.connect(os.environ["DROVER_SOCKET"])
            s.recv(1, socket.MSG_PEEK)
            os.kill(os.getpid(), 9)
            """;

    @Test
    void whatTheNodeLacksForNowIsNotTheProgramsFault() {
        for (int code : List.of(11, 12, 23, 24)) {
            assertThat(isNodeShort("error=" + code + ", Resource temporarily unavailable"))
                    .as("JDK 17")
                    .isTrue();
            assertThat(isNodeShort("posix_spawn failed, error: " + code + " (Too many open files) "))
                    .as("JDK 25")
                    .isTrue();
        }
        assertThat(isNodeShort("Exec failed, error: 2 (No such file or directory) "))
                .isFalse();
        assertThat(isNodeShort("error=2, No such file or directory")).isFalse();
        assertThat(isNodeShort("Exec failed, error: 118 (unheard of) ")).isFalse();
    }

    private static boolean isNodeShort(String why) {
        return ShardProcess.isNodeShort(new IOException("Cannot run program \"/bin/train\": " + why));
    }

    /** Its socket is reset then, which must not look as if the program had broken the protocol. */
    @Test
    void aProgramKilledWithUnreadMessagesWasKilled(@TempDir Path directory) throws IOException {
        String python = Python.orLeaveOut("aProgramKilledWithUnreadMessagesWasKilled");
        List<ProcessEvent> events = new CopyOnWriteArrayList<>();
        Program program = new Program(List.of(python, "-c", PROGRAM), Map.of(), 1);
        ShardProcess process = ShardProcess.start(program, directory.resolve("log"));
        process.listen(events::add);
        process.send(new ToShard.Save());
        Await.until("its end", () -> !events.isEmpty());
        assertThat(events).containsExactly(new ProcessEvent.Ended("killed by signal 9 (out of memory?)"));
    }
}
