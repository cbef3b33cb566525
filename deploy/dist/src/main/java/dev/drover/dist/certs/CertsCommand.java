package dev.drover.dist.certs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.certs.CertificateAuthority;
import dev.drover.certs.CertificateAuthority.Issued;
import dev.drover.certs.Host;
import dev.drover.cli.DroverCli;
import dev.drover.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code drover certs}: a private CA, and a certificate for every host of a trial. */
@Command(
        name = "certs",
        mixinStandardHelpOptions = true,
        description = {
            "Make a private CA for a trial, and a certificate and key for every host; again, to renew them.",
            "The CA is made once, valid for ten years. A running scheduler takes renewed files without a restart."
        })
public final class CertsCommand implements Callable<Integer> {
    /** What clients of private CAs accept at most. */
    private static final int MOST_DAYS = 825;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Where ca.pem, ca.key, HOST.pem and HOST.key are, or go.")
    private Path out = Path.of(".");

    @Option(
            names = "--host",
            paramLabel = "NAME",
            required = true,
            split = ",",
            description = "DNS names or addresses by which schedulers are reached, with commas between them.")
    private List<String> hosts = List.of();

    @Option(
            names = "--days",
            defaultValue = "90",
            description =
                    "How long the certificates are valid, from 1 to " + MOST_DAYS + " (default: ${DEFAULT-VALUE}).")
    private int days;

    @ParentCommand
    private @Nullable DroverCli cli;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        try {
            if (days < 1 || days > MOST_DAYS) {
                throw new IllegalArgumentException(
                        "days: '%d' is not allowed; use a whole number from 1 to %d".formatted(days, MOST_DAYS));
            }
            List<Host> named = hosts.stream().distinct().map(Host::new).toList();
            CertificateAuthority ca = CertificateAuthority.in(out, InstantSource.system(), new SecureRandom());
            List<Issued> issued = new ArrayList<>();
            for (Host host : named) {
                issued.add(ca.issue(host, Duration.ofDays(days)));
            }
            say(ca, issued);
            return ExitCodes.OK;
        } catch (IllegalArgumentException | IOException e) {
            commandLine().getErr().println("drover certs: " + e.getMessage());
            return ExitCodes.BAD_INPUT;
        }
    }

    private void say(CertificateAuthority ca, List<Issued> issued) {
        PrintWriter text = commandLine().getOut();
        if (Objects.requireNonNull(cli).isJson()) {
            text.println(json(ca, issued).toPrettyString());
        } else {
            print(text, ca, issued);
        }
        text.flush();
    }

    private static void print(PrintWriter text, CertificateAuthority ca, List<Issued> issued) {
        text.printf(
                "%s  a private CA, %s, valid until %s%n",
                ca.certificate(), ca.isNew() ? "made now" : "as it was", utc(ca.expiresAt()));
        for (Issued each : issued) {
            text.printf(
                    "%s, %s  for %s, valid until %s%n",
                    each.certificate(), each.key(), each.host().name(), utc(each.expiresAt()));
        }
        text.printf("""

                Each scheduler needs its HOST.pem, its HOST.key and ca.pem. Clients need ca.pem alone:
                  ./drover --url https://HOST:PORT --ca %s pools
                Keep ca.key away from them: it can issue certificates, and nothing that runs needs it.
                To renew, say the same again and copy the files over the old ones.
                """, ca.certificate());
    }

    private static ObjectNode json(CertificateAuthority ca, List<Issued> issued) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putObject("ca")
                .put("certificate", ca.certificate().toString())
                .put("made", ca.isNew())
                .put("expiresAt", ca.expiresAt().toString());
        ArrayNode certificates = answer.putArray("certificates");
        for (Issued each : issued) {
            certificates
                    .addObject()
                    .put("host", each.host().name())
                    .put("certificate", each.certificate().toString())
                    .put("key", each.key().toString())
                    .put("expiresAt", each.expiresAt().toString());
        }
        return answer;
    }

    private static Instant utc(Instant when) {
        return when.truncatedTo(ChronoUnit.SECONDS);
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }
}
