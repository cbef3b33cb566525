package dev.drover.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A private CA that lives in a directory, as {@code ca.pem} and {@code ca.key}, and puts a {@code HOST.pem} and {@code HOST.key}
 * for every host beside them: EC keys on P-256, in PKCS#8, readable by their owner only.
 *
 * <p>Every certificate is for servers and clients, and names its host. It is for a trial: there is no revocation, and whoever has
 * {@code ca.key} can issue what they like.
 */
public final class CertificateAuthority {
    /** How long a CA is valid that is made here. */
    public static final Duration LIFETIME = Duration.ofDays(3650);

    private static final X500Name SUBJECT = new X500Name("CN=drover");
    private static final X500Name ISSUER = new X500Name("CN=Drover private CA");
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);
    private static final int SERIAL_BITS = 126;

    private final Path directory;
    private final InstantSource clock;
    private final SecureRandom random;
    private final X509CertificateHolder certificate;
    private final PrivateKey key;
    private final boolean isNew;

    private CertificateAuthority(
            Path directory,
            InstantSource clock,
            SecureRandom random,
            X509CertificateHolder certificate,
            PrivateKey key,
            boolean isNew) {
        this.directory = directory;
        this.clock = clock;
        this.random = random;
        this.certificate = certificate;
        this.key = key;
        this.isNew = isNew;
    }

    /** What was issued, and until when it is valid. The key is a secret: only its file is named here. */
    public record Issued(Host host, Path certificate, Path key, Instant expiresAt) {}

    /**
     * The CA of a directory; made, with the directory, where there is none.
     *
     * @throws IOException naming the file that can't be used
     */
    public static CertificateAuthority in(Path directory, InstantSource clock, SecureRandom random) throws IOException {
        Files.createDirectories(directory);
        Path certificate = directory.resolve("ca.pem");
        Path key = directory.resolve("ca.key");
        if (Files.exists(certificate) != Files.exists(key)) {
            throw new IOException(
                    "%s and %s: only one of them is there; bring the other, or remove both to make a new CA"
                            .formatted(certificate, key));
        }
        if (Files.exists(key)) {
            return new CertificateAuthority(
                    directory, clock, random, Pem.readCertificate(certificate), Pem.readKey(key), false);
        }
        KeyPair pair = newKey(random);
        X509CertificateHolder made = selfSigned(pair, clock.instant(), random);
        Pem.writePrivately(key, pair.getPrivate());
        Pem.write(certificate, made);
        return new CertificateAuthority(directory, clock, random, made, pair.getPrivate(), true);
    }

    /** Whether it was made just now. */
    public boolean isNew() {
        return isNew;
    }

    /** The file that those are given who are to trust what is issued here. */
    public Path certificate() {
        return directory.resolve("ca.pem");
    }

    public Instant expiresAt() {
        return certificate.getNotAfter().toInstant();
    }

    /**
     * Issues a certificate with a key of its own, in place of an earlier one. Each file is replaced whole, the two one after the
     * other. It is valid for {@code lifetime}, and no longer than the CA.
     *
     * @throws IOException when a file can't be written, or the CA has expired
     */
    public Issued issue(Host host, Duration lifetime) throws IOException {
        Instant now = clock.instant();
        if (!now.isBefore(expiresAt())) {
            throw new IOException(
                    "%s: expired at %s; remove it and ca.key to make a new CA".formatted(certificate(), expiresAt()));
        }
        Instant wanted = now.plus(lifetime);
        KeyPair pair = newKey(random);
        X509CertificateHolder issued = issue(host, pair, now, wanted.isBefore(expiresAt()) ? wanted : expiresAt());
        Path keyFile = directory.resolve(host.name() + ".key");
        Path certificateFile = directory.resolve(host.name() + ".pem");
        Pem.writePrivately(keyFile, pair.getPrivate());
        Pem.write(certificateFile, issued);
        return new Issued(host, certificateFile, keyFile, issued.getNotAfter().toInstant());
    }

    private X509CertificateHolder issue(Host host, KeyPair pair, Instant now, Instant end) throws IOException {
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = builder(certificate.getSubject(), SUBJECT, pair, now, end, random)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                    }))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            extensions.createAuthorityKeyIdentifier(certificate))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(host.generalName()));
            return sign(builder, key);
        } catch (GeneralSecurityException e) {
            throw new IOException("can't issue a certificate for " + host.name() + ": " + e.getMessage(), e);
        }
    }

    private static X509CertificateHolder selfSigned(KeyPair pair, Instant now, SecureRandom random) throws IOException {
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = builder(ISSUER, ISSUER, pair, now, now.plus(LIFETIME), random)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            extensions.createSubjectKeyIdentifier(pair.getPublic()));
            return sign(builder, pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IOException("can't make a CA: " + e.getMessage(), e);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, KeyPair pair, Instant now, Instant end, SecureRandom random) {
        return new X509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
                Date.from(now.minus(CLOCKS_DIFFER)),
                Date.from(end),
                subject,
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
    }

    private static X509CertificateHolder sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        String algorithm = "EC".equals(key.getAlgorithm()) ? "SHA256withECDSA" : "SHA256withRSA";
        try {
            return builder.build(new JcaContentSignerBuilder(algorithm).build(key));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("the CA's key can't sign", e);
        }
    }

    private static KeyPair newKey(SecureRandom random) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IOException("can't make a key: " + e.getMessage(), e);
        }
    }
}
