package dev.drover.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Passes connections on to a port, until it is cut: then bytes vanish, and nobody is told. */
final class CutLine implements AutoCloseable {
    private final ServerSocket from;
    private final int to;
    private final ConcurrentLinkedQueue<Socket> open = new ConcurrentLinkedQueue<>();
    private volatile boolean isCut;

    CutLine(int from, int to) throws IOException {
        this.from = new ServerSocket(from, 50, InetAddress.getLoopbackAddress());
        this.to = to;
        Thread.startVirtualThread(this::accept);
    }

    void cut() {
        isCut = true;
    }

    private void accept() {
        try {
            while (true) {
                Socket near = from.accept();
                open.add(near);
                Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
                open.add(far);
                Thread.startVirtualThread(() -> pass(near, far));
                Thread.startVirtualThread(() -> pass(far, near));
            }
        } catch (IOException e) {
            // Closed, or nobody listens behind it any more.
        }
    }

    private void pass(Socket source, Socket sink) {
        byte[] bytes = new byte[64 * 1024];
        try (source;
                sink) {
            for (int read = source.getInputStream().read(bytes);
                    read >= 0;
                    read = source.getInputStream().read(bytes)) {
                if (!isCut) {
                    sink.getOutputStream().write(bytes, 0, read);
                }
            }
        } catch (IOException e) {
            // One end is gone.
        }
    }

    @Override
    public void close() {
        try {
            from.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
