package dev.drover.protocol.tls;

import java.nio.file.Path;

/**
 * Where one end of a connection keeps what it shows and whom it trusts, all in PEM.
 *
 * @param certificate its own, followed by those between it and the CA where there are any
 * @param key of that certificate, EC or RSA, in PKCS#8 and not encrypted. What is in the file is a secret
 * @param ca one or more certificates, which are trusted and nothing else
 */
public record TlsFiles(Path certificate, Path key, Path ca) {}
