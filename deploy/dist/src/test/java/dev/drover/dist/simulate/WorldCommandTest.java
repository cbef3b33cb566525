package dev.drover.dist.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.cli.DroverCli;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class WorldCommandTest {
    private record Ran(int code, String out, String err) {}

    private static Ran simulate(String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("simulate"));
        all.addAll(List.of(options));
        int code = DroverCli.commandLine(new CommandLine(new SimulateCommand()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Ran(code, out.toString(), err.toString());
    }

    @Test
    void aWorldThatHoldsSaysWhatHappenedInIt() {
        Ran ran = simulate("world", "--seed", "3");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith("seed 3: every promise held for PT");
        assertThat(ran.out()).contains("events: ", "ShardGranted ", "\n1 worlds in ");
        assertThat(ran.out()).endsWith("a promise was broken in 0\n");
    }

    @Test
    void jsonIsALineForEachWorld() throws IOException {
        Ran ran = simulate("world", "--seeds=1..2", "--kind=WILD", "--json");
        assertThat(ran.code()).isZero();
        List<JsonNode> worlds = new ArrayList<>();
        for (String line : ran.out().lines().toList()) {
            worlds.add(DroverJson.mapper().readTree(line));
        }
        assertThat(worlds).extracting(world -> world.get("seed").asLong()).containsExactly(1L, 2L);
        assertThat(worlds).allMatch(world -> world.get("broken").asInt() == 0);
        assertThat(worlds.getFirst().get("command").asText()).isEqualTo("./drover simulate world --kind wild --seed 1");
    }

    @Test
    void theReplayCommandShowsTheSameWorld() throws IOException {
        String line = simulate("world", "--seed=5", "--json").out();
        String command = DroverJson.mapper().readTree(line).get("command").asText() + " --json";
        List<String> typed = List.of(command.split(" ")).subList(2, command.split(" ").length);
        assertThat(simulate(typed.toArray(String[]::new)).out()).isEqualTo(line);
    }

    @Test
    void whatIsNotAllowedIsRefused() {
        Ran ran = simulate("world", "--seeds", "9..1");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .isEqualTo(
                        "drover simulate world: seeds '9..1' are not allowed; use one, as 7, or a range, as 1..200\n");
        assertThat(simulate("world", "--kind=tame").code()).isEqualTo(2);
        Ran withoutTraces = simulate();
        assertThat(withoutTraces.code()).isEqualTo(2);
        assertThat(withoutTraces.err()).contains("trace-dir is missing; use a directory with a ZONE.json per zone");
    }
}
