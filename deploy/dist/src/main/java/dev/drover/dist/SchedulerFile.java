package dev.drover.dist;

import dev.drover.control.ClusterConfig;
import dev.drover.control.Downing;
import dev.drover.http.Tokens;
import dev.drover.persistence.journal.PostgresDatabase;
import dev.drover.protocol.spec.InvalidSpecException;
import dev.drover.protocol.spec.SpecFields;
import dev.drover.protocol.spec.SpecText;
import dev.drover.protocol.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads how a scheduler of a shared cluster is set up, as {@code docs/OPERATIONS.md} describes it: YAML or JSON. Secrets are in files
 * of their own, each read whole, less the white space around it.
 */
final class SchedulerFile {
    private static final int DEFAULT_HTTP_PORT = 7070;
    private static final int DEFAULT_CLUSTER_PORT = 25520;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_SCHEDULERS = 16;
    private static final int SHORTEST_SECRET = 16;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}");
    private static final Pattern ADDRESS = Pattern.compile(HOST.pattern() + ":[0-9]{1,5}");

    private SchedulerFile() {}

    /**
     * Reads and checks it.
     *
     * @throws InvalidSpecException with every problem found
     * @throws IOException when a file can't be read
     */
    static SchedulerSetup read(Path file) throws IOException {
        SpecFields fields = SpecFields.of(SpecText.parse(Files.readString(file)));
        Path base = file.toAbsolutePath().resolveSibling("");
        String host = fields.parsed("host", text -> matched(HOST, text), "a host name or an IPv4 address")
                .orElse("127.0.0.1");
        SpecFields http = fields.object("http");
        int port = http.integer("port", DEFAULT_HTTP_PORT, 1, MAX_PORT);
        String bind = http.parsed("bind", text -> matched(HOST, text), "an IPv4 address or a host name")
                .orElse(host);
        http.finish();
        ClusterConfig cluster = cluster(fields, host, base);
        String owner = fields.label("cluster", "");
        if (!fields.has("cluster")) {
            fields.problem("cluster", "", "a name of its own for this cluster, as prod");
        }
        PostgresDatabase database = database(fields.object("database"), base);
        String store = fields.parsed("store", text -> base.resolve(text).toUri().toString(), "a directory")
                .orElseGet(() -> {
                    fields.problem("store", "", "a directory that schedulers and agents share, as /srv/drover/store");
                    return "";
                });
        CloudSetup cloud = cloud(fields.object("cloud"), base);
        String scheme = cluster.tls().isPresent() ? "wss://" : "ws://";
        List<String> agents = agents(fields, scheme);
        SpecFields secrets = fields.object("secrets");
        Optional<String> user = secret(secrets, "user", base);
        Optional<String> admin = secret(secrets, "admin", base);
        Optional<String> join = secret(secrets, "agents", base);
        secrets.finish();
        fields.finish();
        fields.throwIfAnyProblem();
        return new SchedulerSetup(
                owner,
                cluster,
                database,
                store,
                cloud,
                bind,
                port,
                agents,
                scheme + host + ":" + port + SchedulerSetup.AGENTS,
                new Tokens(user.orElseThrow(), admin.orElseThrow()),
                join.orElseThrow());
    }

    private static ClusterConfig cluster(SpecFields fields, String host, Path base) {
        int port = fields.integer("port", DEFAULT_CLUSTER_PORT, 1, MAX_PORT);
        List<String> seeds =
                fields.texts("seeds", MAX_SCHEDULERS, isLike(ADDRESS), "as 10.0.0.5:" + DEFAULT_CLUSTER_PORT);
        return new ClusterConfig(
                host,
                port,
                Optional.of(DiscoverySection.peers(fields.object("discover"), seeds, port)),
                fields.choice("downing", seeds.size() == 2 ? Downing.LEASE : Downing.MAJORITY),
                fields.has("tls") ? Optional.of(tls(fields.object("tls"), base)) : Optional.empty());
    }

    private static List<String> agents(SpecFields fields, String scheme) {
        return fields
                .texts("agents", MAX_SCHEDULERS, isLike(ADDRESS), "the HTTP address of a scheduler, as 10.0.0.5:7070")
                .stream()
                .map(address -> scheme + address + SchedulerSetup.AGENTS)
                .toList();
    }

    private static TlsFiles tls(SpecFields fields, Path base) {
        TlsFiles files = new TlsFiles(
                base.resolve(fields.requiredText("certificate", "/etc/drover/HOST.pem")),
                base.resolve(fields.requiredText("key", "/etc/drover/HOST.key")),
                base.resolve(fields.requiredText("ca", "/etc/drover/ca.pem")));
        fields.finish();
        return files;
    }

    private static CloudSetup cloud(SpecFields fields, Path base) {
        Home home = Home.at(base.resolve(fields.requiredText("home", "/srv/drover")));
        Optional<Path> catalog = fields.text("catalog").map(base::resolve);
        Optional<Long> seed = fields.has("seed")
                ? Optional.of(fields.integer("seed", 0L, Long.MIN_VALUE, Long.MAX_VALUE))
                : Optional.empty();
        fields.finish();
        return new CloudSetup(home, catalog, seed);
    }

    private static PostgresDatabase database(SpecFields fields, Path base) throws IOException {
        String url = fields.requiredText("url", "jdbc:postgresql://10.0.0.9/drover");
        if (!url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
            fields.problem("url", url, "jdbc:postgresql://HOST[:PORT]/DATABASE");
        }
        if (url.contains("password=")) {
            fields.problem("url", "(it holds a password)", "a URL without one, and passwordFile");
        }
        String user = fields.requiredText("user", "drover");
        Optional<String> password = fields.has("passwordFile") ? read(fields, "passwordFile", base) : Optional.of("");
        fields.finish();
        return new PostgresDatabase(url, user, password.orElse(""));
    }

    private static Optional<String> secret(SpecFields secrets, String name, Path base) throws IOException {
        return read(secrets, name, base).filter(text -> {
            boolean isLong = text.length() >= SHORTEST_SECRET;
            if (!isLong) {
                secrets.problem(
                        name,
                        "a file with " + text.length() + " characters",
                        "a file with a secret of at least " + SHORTEST_SECRET);
            }
            return isLong;
        });
    }

    /** What a file holds that is named here; nothing, and a problem, where it can't be read. */
    private static Optional<String> read(SpecFields fields, String name, Path base) throws IOException {
        String file = fields.requiredText(name, "/etc/drover/" + name);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        Path path = base.resolve(file);
        if (!Files.isReadable(path)) {
            fields.problem(name, file, "a file that this process may read");
            return Optional.empty();
        }
        return Optional.of(Files.readString(path).strip());
    }

    private static Predicate<String> isLike(Pattern form) {
        return text -> form.matcher(text).matches();
    }

    private static String matched(Pattern form, String text) {
        if (!form.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }
}
