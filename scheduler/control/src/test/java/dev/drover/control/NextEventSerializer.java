package dev.drover.control;

import dev.drover.persistence.journal.EventCodec;
import dev.drover.planning.event.PoolEvent;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** How a next version journals a pause: under a name that this version does not know. */
public final class NextEventSerializer extends SerializerWithStringManifest {
    static final String NEW = "pool.paused.v2";
    private static final String TODAY = "pool.paused.v1";

    /** Pekko makes it by name. */
    public NextEventSerializer() {}

    @Override
    public int identifier() {
        return 7301;
    }

    @Override
    public String manifest(Object event) {
        String manifest = EventCodec.manifest((PoolEvent) event);
        return manifest.equals(TODAY) ? NEW : manifest;
    }

    @Override
    public byte[] toBinary(Object event) {
        return EventCodec.encode((PoolEvent) event);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        return EventCodec.decode(manifest.equals(NEW) ? TODAY : manifest, bytes);
    }
}
