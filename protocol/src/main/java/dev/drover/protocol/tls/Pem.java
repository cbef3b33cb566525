package dev.drover.protocol.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads PEM text. What it says about a text names where that came from, and never what is in it. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String CERTIFICATES = "; use X.509 certificates in PEM (BEGIN CERTIFICATE)";
    private static final String KEY =
            "; use an EC or RSA key in PKCS#8, not encrypted (BEGIN PRIVATE KEY; 'openssl pkcs8 -topk8 -nodes' makes one)";

    private final String source;
    private final String text;

    private Pem(String source, String text) {
        this.source = source;
        this.text = text;
    }

    /** {@code source} is where the text is from, for what is said about it. */
    static Pem of(String source, String text) {
        return new Pem(source, text);
    }

    static Pem read(Path file) throws TlsException {
        try {
            return new Pem(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            throw new TlsException(file + ": is not there; give a file in PEM", e);
        } catch (IOException e) {
            throw new TlsException(file + ": can't be read (" + e + "); give a readable file in PEM", e);
        }
    }

    /** All certificates, at least one, in their order. */
    List<X509Certificate> certificates() throws TlsException {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Matcher block = BLOCK.matcher(text); block.find(); ) {
                if (block.group(1).equals(CERTIFICATE)) {
                    found.add((X509Certificate)
                            factory.generateCertificate(new ByteArrayInputStream(bytes(block.group(2)))));
                }
            }
        } catch (CertificateException | IllegalArgumentException e) {
            throw new TlsException(source + ": certificate " + (found.size() + 1) + " can't be read" + CERTIFICATES, e);
        }
        if (found.isEmpty()) {
            throw new TlsException(source + ": has no certificate" + CERTIFICATES);
        }
        return List.copyOf(found);
    }

    /** The certificates, and nothing else that may be in the text. */
    String certificateText() {
        return BLOCK.matcher(text)
                .results()
                .filter(block -> block.group(1).equals(CERTIFICATE))
                .map(MatchResult::group)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** A private key of the algorithm that {@code certificate} has; whether it is its own is not looked at. */
    PrivateKey key(X509Certificate certificate) throws TlsException {
        String content = block("PRIVATE KEY")
                .orElseThrow(() -> new TlsException(source + ": has no key that can be used" + KEY));
        String algorithm = certificate.getPublicKey().getAlgorithm();
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes(content)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TlsException(source + ": is no " + algorithm + " key, as the certificate's is" + KEY, e);
        }
    }

    private Optional<String> block(String kind) {
        return BLOCK.matcher(text)
                .results()
                .filter(block -> block.group(1).equals(kind))
                .map(block -> block.group(2))
                .findFirst();
    }

    private static byte[] bytes(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }
}
