package dev.drover.control;

import com.typesafe.config.Config;
import dev.drover.protocol.tls.RotatingTls;
import dev.drover.protocol.tls.TlsException;
import dev.drover.protocol.tls.TlsFiles;
import java.nio.file.Path;
import java.time.InstantSource;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Mutual TLS 1.3 between schedulers: both sides show a certificate of the CA, and the one that is dialled must be named in its own.
 * Files that are replaced count for new connections.
 *
 * <p>Every holder of a certificate of the CA may join, so the CA is to be one for this cluster alone. Pekko's own provider for
 * files that change reads RSA keys only, and refuses every connection while one of two files is replaced.
 */
public final class MemberTls implements SSLEngineProvider {
    static final String CERTIFICATE = "drover.member-tls.certificate";
    static final String KEY = "drover.member-tls.key";
    static final String CA = "drover.member-tls.ca";

    private static final Logger LOG = LoggerFactory.getLogger(MemberTls.class);
    private static final String[] PROTOCOLS = {"TLSv1.3"};

    private final RotatingTls tls;

    /** Made by Pekko, when the actor system starts. */
    public MemberTls(ActorSystem system) throws TlsException {
        Config config = system.settings().config();
        TlsFiles files = new TlsFiles(
                Path.of(config.getString(CERTIFICATE)), Path.of(config.getString(KEY)), Path.of(config.getString(CA)));
        this.tls = RotatingTls.of(files, InstantSource.system(), LOG::warn);
    }

    @Override
    public SSLEngine createServerSSLEngine(String hostname, int port) {
        SSLEngine engine = tls.context().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(PROTOCOLS);
        engine.setNeedClientAuth(true);
        return engine;
    }

    @Override
    public SSLEngine createClientSSLEngine(String hostname, int port) {
        SSLEngine engine = tls.context().createSSLEngine(hostname, port);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(PROTOCOLS);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
        return Option.empty();
    }

    @Override
    public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
        return Option.empty();
    }
}
