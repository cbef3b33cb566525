package dev.drover.protocol.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** Opens stores by their URL. */
public final class ObjectStores {
    private ObjectStores() {}

    /**
     * Opens the store that {@code url} names, as {@code file:///var/lib/drover/store}.
     *
     * @throws IllegalArgumentException when the URL is of no kind that is known here
     */
    public static ObjectStore open(String url) throws IOException {
        if (!url.startsWith("file:")) {
            throw new IllegalArgumentException("store: '" + url + "' is not allowed; use a file: URL");
        }
        try {
            return new FileObjectStore(Path.of(URI.create(url)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "store: '" + url
                            + "' is not allowed; use file: with an absolute path, as file:///var/lib/drover/store",
                    e);
        }
    }
}
