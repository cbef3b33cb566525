package dev.drover.persistence.journal;

import dev.drover.planning.event.PoolEvent;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Pekko's door to {@link EventCodec}. Pekko makes it by name, from {@code reference.conf}. */
public final class PoolEventSerializer extends SerializerWithStringManifest {
    /** In every row of the journal, so never to be changed. */
    private static final int IDENTIFIER = 7301;

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object object) {
        return EventCodec.manifest(event(object));
    }

    @Override
    public byte[] toBinary(Object object) {
        return EventCodec.encode(event(object));
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        return EventCodec.decode(manifest, bytes);
    }

    private static PoolEvent event(Object object) {
        if (object instanceof PoolEvent event) {
            return event;
        }
        throw new JournalFormatException("can't write a " + object.getClass().getName() + " as a PoolEvent");
    }
}
