package dev.drover.protocol.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** What a client makes its connections of: it trusts the given CA, and none of those that the machine trusts. */
public final class TrustedCa {
    private TrustedCa() {}

    /**
     * Of a file in PEM.
     *
     * @throws TlsException naming the file and what is wrong with it
     */
    public static SSLContext file(Path ca) throws TlsException {
        return context(Pem.read(ca).certificates());
    }

    /**
     * Of text in PEM.
     *
     * @param source where the text is from, for what is said when it is wrong
     * @throws TlsException naming the source and what is wrong with it
     */
    public static SSLContext text(String source, String pem) throws TlsException {
        return context(Pem.of(source, pem).certificates());
    }

    /**
     * The certificates of a file, to be told to others, whatever else is in it.
     *
     * @throws TlsException naming the file and what is wrong with it
     */
    public static String pem(Path ca) throws TlsException {
        return Pem.read(ca).certificateText();
    }

    private static SSLContext context(List<X509Certificate> ca) throws TlsException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trustManagers(ca), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new TlsException("can't set up TLS: " + e.getMessage(), e);
        }
    }

    static TrustManager[] trustManagers(List<X509Certificate> ca) throws GeneralSecurityException, TlsException {
        KeyStore trusted = emptyStore();
        for (X509Certificate certificate : ca) {
            trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    static KeyStore emptyStore() throws GeneralSecurityException, TlsException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new TlsException("can't set up TLS: " + e.getMessage(), e);
        }
        return store;
    }
}
