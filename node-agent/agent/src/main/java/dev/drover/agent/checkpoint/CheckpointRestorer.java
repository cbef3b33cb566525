package dev.drover.agent.checkpoint;

import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.checkpoint.InvalidCheckpointException;
import dev.drover.protocol.checkpoint.Manifest;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Brings a checkpoint to this instance with every digest verified.
 *
 * <p>Blocks: call it off the actors' threads.
 */
public final class CheckpointRestorer {
    private final ObjectStore store;

    public CheckpointRestorer(ObjectStore store) {
        this.store = store;
    }

    /**
     * A directory with the files of {@code ref}: {@code received}, where a peer pushed them and all of them verify, else
     * {@code into}, fetched from the store.
     *
     * @param notes hears which way was taken and why
     * @throws InvalidCheckpointException when the checkpoint in the store is not what {@code ref} means: which file, and why
     * @throws IOException when the store fails; trying again may help
     */
    public Path restore(CheckpointRef ref, Path received, Path into, Consumer<String> notes) throws IOException {
        if (Files.exists(received.resolve(CheckpointLayout.MANIFEST))) {
            try {
                verifyReceived(ref, received);
                notes.accept("restores step " + ref.step() + " from what its predecessor pushed");
                return received;
            } catch (InvalidCheckpointException | IOException e) {
                notes.accept("does not use what was pushed, but the store: " + e.getMessage());
            }
        }
        fetch(ref, into);
        notes.accept("restores step " + ref.step() + " of " + ref.lease() + " from the store");
        return into;
    }

    private static void verifyReceived(CheckpointRef ref, Path received) throws IOException {
        Path file = received.resolve(CheckpointLayout.MANIFEST);
        Manifest manifest = ManifestJson.read(file.toString(), Files.readAllBytes(file));
        String digest = ManifestJson.digest(manifest);
        if (!digest.equals(ref.manifestDigest())) {
            throw new InvalidCheckpointException(
                    file.toString(), "has digest " + digest + ", not " + ref.manifestDigest());
        }
        for (Manifest.Entry entry : manifest.files()) {
            requirePlain(entry, file.toString());
            verify(entry, received.resolve(entry.name()), entry.name());
        }
    }

    private void fetch(CheckpointRef ref, Path into) throws IOException {
        Manifest manifest = new CheckpointCatalog(store).manifest(ref);
        String prefix = CheckpointLayout.checkpoint(ref.lease(), ref.step());
        Files.createDirectories(into);
        for (Manifest.Entry entry : manifest.files()) {
            requirePlain(entry, prefix + CheckpointLayout.MANIFEST);
            String key = prefix + entry.name();
            if (store.length(key).isEmpty()) {
                throw new InvalidCheckpointException(key, "is missing");
            }
            store.fetch(key, into.resolve(entry.name()));
            verify(entry, into.resolve(entry.name()), key);
        }
    }

    private static void requirePlain(Manifest.Entry entry, String manifest) {
        if (!LocalFiles.isPlainName(entry.name())) {
            throw new InvalidCheckpointException(manifest, "lists '" + entry.name() + "', which is no plain file name");
        }
    }

    private static void verify(Manifest.Entry entry, Path file, String name) throws IOException {
        try {
            long length = Files.size(file);
            if (length != entry.length()) {
                throw new InvalidCheckpointException(
                        name, "has " + length + " bytes, the manifest says " + entry.length());
            }
            String digest = LocalFiles.sha256(file);
            if (!digest.equals(entry.sha256())) {
                throw new InvalidCheckpointException(
                        name, "has SHA-256 " + digest + ", the manifest says " + entry.sha256());
            }
        } catch (NoSuchFileException e) {
            throw new InvalidCheckpointException(name, "is missing", e);
        }
    }
}
