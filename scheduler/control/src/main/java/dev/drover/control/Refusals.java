package dev.drover.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Finds out whether a host refuses connections to a port: no process listens there. One that answers nothing does not refuse. */
final class Refusals {
    private static final int CONNECT_MILLIS = 400;

    private Refusals() {}

    /** Blocks, for 0.4 s at most. */
    static boolean at(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The same at {@code host:port}. */
    static boolean at(String address) {
        int colon = address.lastIndexOf(':');
        return at(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }
}
