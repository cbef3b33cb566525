package dev.drover.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/** One client on one connection, as light as it can be: what is measured is the server. */
public final class SubmitClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CREATED = 201;
    private static final String LENGTH = "content-length:";

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final String token;

    public SubmitClient(int port, String token) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        this.token = token;
    }

    /** Submits, and returns the status of the answer, which is read whole. */
    public int submit(String path, String body, String key) throws IOException {
        return send(path, body, key).status();
    }

    /** Submits, and returns the answer to what was accepted. */
    JsonNode submitted(String path, String body, String key) throws IOException {
        Answer answer = send(path, body, key);
        if (answer.status() != CREATED) {
            throw new IOException("answered " + answer.status() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    private record Answer(int status, String body) {}

    private Answer send(String path, String body, String key) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        String head = """
            POST %s HTTP/1.1\r
            Host: localhost\r
            Authorization: Bearer %s\r
            Content-Type: application/json\r
            Idempotency-Key: %s\r
            Content-Length: %d\r
            \r
            """.formatted(path, token, key, bytes.length);
        byte[] request = new byte[head.length() + bytes.length];
        System.arraycopy(head.getBytes(ISO_8859_1), 0, request, 0, head.length());
        System.arraycopy(bytes, 0, request, head.length(), bytes.length);
        out.write(request);
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = Integer.parseInt(line.substring(LENGTH.length()).trim());
            }
        }
        return new Answer(status, new String(in.readNBytes(length), UTF_8));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the server hung up");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
