package dev.drover.protocol.checkpoint;

import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which checkpoints of a shard exist.
 *
 * <p>One counts when its manifest reads, says what its place says, and every file it lists is there with its length. Digests
 * of the files are the restore's task, and {@link #verify}'s where somebody doubts a checkpoint. A store that fails is an {@link IOException}, never an absent
 * checkpoint, so trouble with the store can't make a pool resume from an older state.
 */
public final class CheckpointCatalog {
    private static final Pattern MANIFEST_KEY = Pattern.compile("g([1-9]\\d{0,8})/step-(\\d{8,9})/manifest\\.json");
    private static final Comparator<CheckpointRef> NEWEST_FIRST = Comparator.comparingInt(CheckpointRef::step)
            .thenComparingInt(ref -> ref.lease().generation())
            .reversed();

    /** Of a file, what is held in memory at once while it is read; a file may be larger than any disk here. */
    static final int PART = 8 << 20;

    private final ObjectStore store;

    public CheckpointCatalog(ObjectStore store) {
        this.store = store;
    }

    /** The checkpoints of {@code shard}, newest step first, and of one step the newest generation first. */
    public List<CheckpointRef> published(ShardId shard) throws IOException {
        return published(shard, ignored -> {});
    }

    /** As {@link #published(ShardId)}; {@code passedOver} hears of each that does not count: which file, and why. */
    public List<CheckpointRef> published(ShardId shard, Consumer<InvalidCheckpointException> passedOver)
            throws IOException {
        String prefix = CheckpointLayout.shardPrefix(shard);
        List<CheckpointRef> found = new ArrayList<>();
        for (String key : store.list(prefix)) {
            Matcher place = MANIFEST_KEY.matcher(key.substring(prefix.length()));
            if (place.matches()) {
                Lease lease = new Lease(shard, Integer.parseInt(place.group(1)));
                try {
                    int step = Integer.parseInt(place.group(2));
                    Manifest manifest = read(lease, step);
                    requireFiles(manifest);
                    found.add(new CheckpointRef(lease, step, ManifestJson.digest(manifest)));
                } catch (InvalidCheckpointException e) {
                    passedOver.accept(e);
                }
            }
        }
        found.sort(NEWEST_FIRST);
        return List.copyOf(found);
    }

    /**
     * The manifest of {@code ref}.
     *
     * @throws InvalidCheckpointException when it is missing, altered, or not the one that {@code ref} means
     */
    public Manifest manifest(CheckpointRef ref) throws IOException {
        Manifest manifest = read(ref.lease(), ref.step());
        String digest = ManifestJson.digest(manifest);
        if (!digest.equals(ref.manifestDigest())) {
            throw new InvalidCheckpointException(
                    CheckpointLayout.manifest(ref.lease(), ref.step()),
                    "has digest " + digest + ", not " + ref.manifestDigest());
        }
        return manifest;
    }

    /**
     * Reads the whole of {@code ref}, part by part, and keeps nothing of it.
     *
     * @throws InvalidCheckpointException when it is not what its manifest says: which file, and why
     */
    public void verify(CheckpointRef ref) throws IOException {
        Manifest manifest = manifest(ref);
        requireFiles(manifest);
        for (Manifest.Entry entry : manifest.files()) {
            String key = CheckpointLayout.checkpoint(ref.lease(), ref.step()) + entry.name();
            String digest = sha256(key, entry.length());
            if (!digest.equals(entry.sha256())) {
                throw new InvalidCheckpointException(
                        key, "has SHA-256 " + digest + ", the manifest says " + entry.sha256());
            }
        }
    }

    private String sha256(String key, long length) throws IOException {
        MessageDigest digest = ManifestJson.newSha256();
        for (long offset = 0; offset < length; offset += PART) {
            digest.update(
                    store.get(key, offset, PART).orElseThrow(() -> new InvalidCheckpointException(key, "is missing")));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private Manifest read(Lease lease, int step) throws IOException {
        String key = CheckpointLayout.manifest(lease, step);
        byte[] content = store.get(key).orElseThrow(() -> new InvalidCheckpointException(key, "is missing"));
        Manifest manifest = ManifestJson.read(key, content);
        if (!lease.equals(manifest.lease()) || step != manifest.step()) {
            throw new InvalidCheckpointException(
                    key,
                    "is of lease " + manifest.lease() + " and step " + manifest.step() + ", which is not its place");
        }
        return manifest;
    }

    private void requireFiles(Manifest manifest) throws IOException {
        String directory = CheckpointLayout.checkpoint(manifest.lease(), manifest.step());
        for (Manifest.Entry entry : manifest.files()) {
            String key = directory + entry.name();
            OptionalLong length = lengthOf(key);
            if (length.isEmpty()) {
                throw new InvalidCheckpointException(key, "is missing");
            }
            if (length.getAsLong() != entry.length()) {
                throw new InvalidCheckpointException(
                        key, "has " + length.getAsLong() + " bytes, the manifest says " + entry.length());
            }
        }
    }

    private OptionalLong lengthOf(String key) throws IOException {
        try {
            return store.length(key);
        } catch (IllegalArgumentException e) {
            throw new InvalidCheckpointException(key, "is not a name that a checkpoint's file can have", e);
        }
    }
}
