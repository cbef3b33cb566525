package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.control.Downing;
import dev.drover.protocol.spec.InvalidSpecException;
import dev.drover.protocol.spec.SpecProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulerFileTest {
    private static final String SOUND = """
        cluster: prod
        database: {url: "jdbc:postgresql://db/drover", user: drover, passwordFile: password}
        store: store
        cloud: {home: home}
        secrets: {user: user, admin: admin, agents: agents}
        """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeEach
    void secrets() throws IOException {
        Files.writeString(directory.resolve("password"), "the database's\n");
        Files.writeString(directory.resolve("user"), "a token for users\n");
        Files.writeString(directory.resolve("admin"), "a token for admins\n");
        Files.writeString(directory.resolve("agents"), "a secret for agents\n");
    }

    @Test
    void whatIsLeftOutHasADefaultAndSecretsAreNotShown() throws IOException {
        SchedulerSetup setup = SchedulerFile.read(file(SOUND));
        assertThat(setup.agents()).isEmpty();
        assertThat(setup.agentsUrl()).isEqualTo("ws://127.0.0.1:7070/agents/v1");
        assertThat(setup.cluster().peers().orElseThrow().addresses()).isEmpty();
        assertThat(setup.cluster().downing()).isEqualTo(Downing.MAJORITY);
        assertThat(setup.agentSecret()).isEqualTo("a secret for agents");
        assertThat(setup.toString() + setup.database() + setup.tokens())
                .doesNotContain("the database's", "a token for", "a secret for");
    }

    @Test
    void twoSeedsGoOnByALeaseUnlessToldOtherwise() throws IOException {
        String two = SOUND + "seeds: [\"10.0.0.5:25520\", \"10.0.0.6:25520\"]\n";
        assertThat(SchedulerFile.read(file(two)).cluster().downing()).isEqualTo(Downing.LEASE);
        assertThat(SchedulerFile.read(file(two + "downing: majority\n"))
                        .cluster()
                        .downing())
                .isEqualTo(Downing.MAJORITY);
        assertThat(SchedulerFile.read(file(SOUND + "downing: lease\n"))
                        .cluster()
                        .downing())
                .isEqualTo(Downing.LEASE);
    }

    @Test
    void otherSchedulersAreFoundByEachWayThatIsNamed() throws IOException {
        SchedulerSetup setup = SchedulerFile.read(
                file(SOUND + "port: 4711\nseeds: [\"10.0.0.5:25520\"]\ndiscover: {dns: localhost}\n"));
        assertThat(setup.cluster().peers().orElseThrow().addresses()).contains("10.0.0.5:25520", "127.0.0.1:4711");
        assertThat(problems(SOUND + "discover: {dns: \"a b\", kubernetes: {namespce: x}}"))
                .contains(
                        "discover.dns: 'a b' is not allowed; use a DNS name that has the addresses of all schedulers",
                        "discover.kubernetes.selector: is missing; use app=drover-scheduler")
                .anyMatch(message -> message.startsWith("discover.kubernetes.namespce: 'x' is not allowed"));
    }

    @Test
    void everyProblemIsNamedAtOnceAndNoSecretWithIt() throws IOException {
        Files.writeString(directory.resolve("admin"), "short");
        assertThat(problems("""
            port: 0
            database: {url: "jdbc:postgresql://db/drover?password=hush", passwordFile: nowhere}
            secrets: {user: user, admin: admin}
            stor: x
            """))
                .contains(
                        "port: '0' is not allowed; use a whole number from 1 to 65535",
                        "cluster: is missing; use a name of its own for this cluster, as prod",
                        "database.url: '(it holds a password)' is not allowed; use a URL without one, and passwordFile",
                        "database.user: is missing; use drover",
                        "database.passwordFile: 'nowhere' is not allowed; use a file that this process may read",
                        "secrets.agents: is missing; use /etc/drover/agents",
                        "secrets.admin: 'a file with 5 characters' is not allowed; use a file with a secret of at least 16")
                .anyMatch(message -> message.startsWith("stor: 'x' is not allowed"))
                .noneMatch(message -> message.contains("hush"));
    }

    private List<String> problems(String text) throws IOException {
        Path file = file(text);
        return catchThrowableOfType(InvalidSpecException.class, () -> SchedulerFile.read(file)).problems().stream()
                .map(SpecProblem::message)
                .toList();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("scheduler.yaml"), text);
    }
}
