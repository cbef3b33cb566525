package dev.drover.persistence.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import dev.drover.planning.state.Ledger;
import dev.drover.protocol.api.SpendCategory;
import dev.drover.protocol.market.CapacityType;
import java.io.IOException;
import java.io.Serial;
import java.util.EnumMap;
import java.util.Map;

/** A ledger without categories, as {@code pool.state.v1} has it. All of it is read as useful: it can't be told apart any more. */
record LedgerV1(Map<CapacityType, Ledger.Spend> spends, int switchBacks) {
    private Ledger today() {
        Map<CapacityType, Map<SpendCategory, Ledger.Spend>> all = new EnumMap<>(CapacityType.class);
        spends.forEach((type, spend) -> all.put(type, Map.of(SpendCategory.USEFUL, spend)));
        return new Ledger(all, switchBacks);
    }

    static final class Reader extends StdDeserializer<Ledger> {
        @Serial
        private static final long serialVersionUID = 1L;

        Reader() {
            super(Ledger.class);
        }

        @Override
        public Ledger deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return context.readValue(in, LedgerV1.class).today();
        }
    }
}
