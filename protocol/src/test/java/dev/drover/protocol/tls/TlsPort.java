package dev.drover.protocol.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A server on loopback that shakes hands, one connection after the other, and says nothing. */
final class TlsPort implements AutoCloseable {
    private final ServerSocket port;

    TlsPort(Supplier<SSLContext> context) throws IOException {
        port = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!port.isClosed()) {
                greet(context);
            }
        });
    }

    private void greet(Supplier<SSLContext> context) {
        try (Socket plain = port.accept();
                SSLSocket socket = (SSLSocket) context.get().getSocketFactory().createSocket(plain, null, true)) {
            socket.setUseClientMode(false);
            socket.startHandshake();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // The client, or the end of the test, broke it off.
        }
    }

    /** What a client that connects as {@code host} is shown. */
    X509Certificate shown(SSLContext client, String host) throws IOException {
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port.getLocalPort());
                SSLSocket socket =
                        (SSLSocket) client.getSocketFactory().createSocket(plain, host, port.getLocalPort(), true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Override
    public void close() {
        try {
            port.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
