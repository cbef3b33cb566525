package dev.drover.certs;

import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.bouncycastle.util.io.pem.PemWriter;

/** The authority's files. Each is written whole or not at all. */
final class Pem {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    private Pem() {}

    static X509CertificateHolder readCertificate(Path file) throws IOException {
        if (read(file) instanceof X509CertificateHolder certificate) {
            return certificate;
        }
        throw new IOException(file + ": begins with no certificate; use one in PEM (BEGIN CERTIFICATE)");
    }

    static PrivateKey readKey(Path file) throws IOException {
        if (read(file) instanceof PrivateKeyInfo key) {
            return new JcaPEMKeyConverter().getPrivateKey(key);
        }
        throw new IOException(file + ": begins with no private key; use one in PKCS#8 (BEGIN PRIVATE KEY)");
    }

    private static Object read(Path file) throws IOException {
        try (PEMParser parser = new PEMParser(Files.newBufferedReader(file))) {
            Object first = parser.readObject();
            return first == null ? "nothing" : first;
        }
    }

    static void write(Path file, X509CertificateHolder certificate) throws IOException {
        write(file, new JcaMiscPEMGenerator(certificate), READABLE);
    }

    static void writePrivately(Path file, PrivateKey key) throws IOException {
        write(file, new JcaPKCS8Generator(key, null), OWNER_ONLY);
    }

    private static void write(Path file, PemObjectGenerator content, Set<PosixFilePermission> permissions)
            throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(content);
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(permissions));
        try (Writer writer = Files.newBufferedWriter(fresh)) {
            writer.write(text.toString());
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
