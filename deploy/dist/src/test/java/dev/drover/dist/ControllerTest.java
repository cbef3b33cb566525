package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControllerTest {
    @Test
    void aPortInUseIsSaidBeforeAnythingIsStarted(@TempDir Path directory) throws IOException {
        Home home = Home.at(directory);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> Controller.start(home, port, Optional.empty(), Optional.empty(), Optional.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("port " + port + " on 127.0.0.1 is in use; give --port another one");
        }
        assertThat(home.cloud()).doesNotExist();
        try (ControllerLock lock = ControllerLock.take(home).orElseThrow()) {
            assertThat(lock.home()).isEqualTo(home);
        }
    }
}
