package dev.drover.protocol.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * What a server makes its connections of, from files that may be replaced while it runs: ask for it anew with each connection.
 *
 * <p>The files are looked at when it is asked for, no more often than every two seconds. While new ones can't be used (one of
 * two is replaced, say) the former stay in use, and that is said once for each change. Connections that are open stay as they are.
 */
public final class RotatingTls {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private final TlsFiles files;
    private final InstantSource clock;
    private final Consumer<String> unusable;
    private SSLContext context;
    private List<String> seen;
    private Instant nextLook;

    private RotatingTls(TlsFiles files, InstantSource clock, Consumer<String> unusable) throws TlsException {
        this.files = files;
        this.clock = clock;
        this.unusable = unusable;
        this.nextLook = clock.instant().plus(LOOK_EVERY);
        this.seen = marks(files);
        this.context = load(files);
    }

    /**
     * Reads the files for the first time.
     *
     * @param unusable told in a sentence, without secrets, when new files can't be used
     * @throws TlsException naming the file, what is wrong with it and what is allowed
     */
    public static RotatingTls of(TlsFiles files, InstantSource clock, Consumer<String> unusable) throws TlsException {
        return new RotatingTls(files, clock, unusable);
    }

    /** Of the newest files that can be used. It may be asked for by many threads. */
    public synchronized SSLContext context() {
        Instant now = clock.instant();
        if (!now.isBefore(nextLook)) {
            nextLook = now.plus(LOOK_EVERY);
            look();
        }
        return context;
    }

    private void look() {
        List<String> marks = marks(files);
        if (marks.equals(seen)) {
            return;
        }
        seen = marks;
        try {
            context = load(files);
        } catch (TlsException e) {
            unusable.accept("new TLS files can't be used, the former stay in use: " + e.getMessage());
        }
    }

    /** They differ whenever a file was replaced or written to. */
    private static List<String> marks(TlsFiles files) {
        return Stream.of(files.certificate(), files.key(), files.ca())
                .map(RotatingTls::mark)
                .toList();
    }

    private static String mark(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.fileKey() + " " + attributes.lastModifiedTime() + " " + attributes.size();
        } catch (IOException e) {
            return "unreadable";
        }
    }

    private static SSLContext load(TlsFiles files) throws TlsException {
        List<X509Certificate> chain = Pem.read(files.certificate()).certificates();
        PrivateKey key = Pem.read(files.key()).key(chain.getFirst());
        requireMatch(files, chain.getFirst(), key);
        List<X509Certificate> ca = Pem.read(files.ca()).certificates();
        char[] password = new char[0];
        try {
            KeyStore own = TrustedCa.emptyStore();
            own.setKeyEntry("own", key, password, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), TrustedCa.trustManagers(ca), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new TlsException(
                    "%s, %s: can't be used together (%s); use a chain in its order, and its key"
                            .formatted(files.certificate(), files.key(), e.getMessage()),
                    e);
        }
    }

    private static void requireMatch(TlsFiles files, X509Certificate certificate, PrivateKey key) throws TlsException {
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        byte[] anything = {1};
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(anything);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(anything);
            if (!signature.verify(signed)) {
                throw new SignatureException("signed with another key");
            }
        } catch (GeneralSecurityException e) {
            throw new TlsException(
                    files.key() + ": is not the key of " + files.certificate() + "; use the one that it was issued for",
                    e);
        }
    }
}
