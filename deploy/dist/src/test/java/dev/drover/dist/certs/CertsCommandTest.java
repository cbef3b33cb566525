package dev.drover.dist.certs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.cli.DroverCli;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.tls.RotatingTls;
import dev.drover.protocol.tls.TlsFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CertsCommandTest {
    private record Ran(int code, String out, String err) {}

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void whatItMakesCanBeUsedAndIsSaid() throws IOException {
        Ran ran = certs("--host", "drover-1.example.org,10.0.0.7");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains(directory.resolve("ca.pem") + "  a private CA, made now, valid until ")
                .contains("for drover-1.example.org, valid until ", "for 10.0.0.7, valid until ", "./drover --url")
                .doesNotContain("BEGIN");
        for (String host : List.of("drover-1.example.org", "10.0.0.7")) {
            TlsFiles files = new TlsFiles(
                    directory.resolve(host + ".pem"), directory.resolve(host + ".key"), directory.resolve("ca.pem"));
            RotatingTls tls = RotatingTls.of(files, InstantSource.system(), said -> {});
            assertThat(tls.context().getProtocol()).isEqualTo("TLS");
        }
    }

    @Test
    void saidAgainItRenewsAndKeepsTheCa() throws IOException {
        assertThat(certs("--host", "h").code()).isZero();
        String ca = Files.readString(directory.resolve("ca.pem"));
        String first = Files.readString(directory.resolve("h.pem"));
        JsonNode answer = DroverJson.mapper()
                .readTree(certs("--host", "h", "--days", "7", "--json").out());
        assertThat(answer.at("/ca/made").asBoolean()).isFalse();
        assertThat(answer.at("/certificates/0/key").asText())
                .isEqualTo(directory.resolve("h.key").toString());
        assertThat(Instant.parse(answer.at("/certificates/0/expiresAt").asText()))
                .isBetween(Instant.now().plus(Duration.ofDays(6)), Instant.now().plus(Duration.ofDays(7)));
        assertThat(directory.resolve("ca.pem")).hasContent(ca);
        assertThat(Files.readString(directory.resolve("h.pem"))).isNotEqualTo(first);
    }

    @Test
    void whatIsNotAllowedIsRefusedBeforeAnythingIsMade() {
        assertThat(certs("--host", "good,../bad"))
                .isEqualTo(new Ran(
                        2,
                        "",
                        "drover certs: host: '../bad' is not allowed; use a DNS name, as"
                                + " drover-1.example.org, or an address, as 10.0.0.7\n"));
        assertThat(certs("--host", "h", "--days", "0"))
                .isEqualTo(
                        new Ran(2, "", "drover certs: days: '0' is not allowed; use a whole number from 1 to 825\n"));
        assertThat(directory).isEmptyDirectory();
    }

    private Ran certs(String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("certs", "--out", directory.toString()));
        all.addAll(List.of(options));
        int code = DroverCli.commandLine(new CommandLine(new CertsCommand()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Ran(code, out.toString(), err.toString());
    }
}
