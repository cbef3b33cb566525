package dev.drover.cloud.local;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How a local cloud is set up.
 *
 * @param directory where it keeps everything
 * @param seed of prices and capacities; a new directory without one takes 1, and keeps what it took
 * @param base where the catalog's relative trace files are looked for
 * @param bind the address on which its API and the metadata servers listen
 */
public record LocalCloudSettings(
        Path directory, OptionalLong seed, Catalog catalog, Path base, Image image, String bind) {
    /** Only this machine reaches it. */
    public static final String LOOPBACK = "127.0.0.1";
}
