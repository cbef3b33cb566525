package dev.drover.persistence.journal;

import dev.drover.planning.state.PoolState;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Pekko's door to {@link StateCodec}. Pekko makes it by name, from {@code reference.conf}. */
public final class PoolStateSerializer extends SerializerWithStringManifest {
    /** In every row of the journal, so never to be changed. */
    private static final int IDENTIFIER = 7302;

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object object) {
        return StateCodec.MANIFEST;
    }

    @Override
    public byte[] toBinary(Object object) {
        return StateCodec.encode(state(object));
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        return StateCodec.decode(manifest, bytes);
    }

    private static PoolState state(Object object) {
        if (object instanceof PoolState state) {
            return state;
        }
        throw new JournalFormatException("can't write a " + object.getClass().getName() + " as a PoolState");
    }
}
