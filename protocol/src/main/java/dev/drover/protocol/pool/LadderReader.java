package dev.drover.protocol.pool;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.spec.SpecFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads the {@code ladder} of a pool or of a job. */
public final class LadderReader {
    private static final String CLOUD_NAME_ALLOWED = "1 to 64 of letters, digits, '.', '_' and '-'";

    private static final int MOST_RUNGS = 16;
    private static final int MOST_NAMES = 64;
    private static final int MOST_ROWS = 65_536;
    private static final Pattern CLOUD_NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?");

    private LadderReader() {}

    /** The rungs, best first; none when there is no ladder. That on demand comes last is checked here. */
    public static List<RungSpec> read(SpecFields owner) {
        List<RungSpec> ladder = new ArrayList<>();
        for (SpecFields rung : owner.objects("ladder", MOST_RUNGS)) {
            ladder.add(rung(rung));
        }
        for (int i = 1; owner.isSound() && i < ladder.size(); i++) {
            if (isSpot(ladder.get(i)) && !isSpot(ladder.get(i - 1))) {
                owner.problem(
                        "ladder[" + i + "].capacityType", "SPOT", "on_demand, or put it before every on-demand rung");
            }
        }
        return ladder;
    }

    /** Names of a cloud: regions, zones, types. */
    static List<String> cloudNames(SpecFields fields, String name) {
        return fields.texts(name, MOST_NAMES, CLOUD_NAME.asMatchPredicate(), CLOUD_NAME_ALLOWED);
    }

    private static RungSpec rung(SpecFields fields) {
        RungSpec rung = new RungSpec(
                fields.choice("capacityType", CapacityType.SPOT),
                Optional.of(fields.label("accelerator", "")).filter(name -> !name.isEmpty()),
                cloudNames(fields, "regions"),
                cloudNames(fields, "zones"),
                cloudNames(fields, "instanceTypes"),
                fields.money("maxPrice"),
                fields.money("spendLimit"),
                microBatch(fields));
        fields.finish();
        return rung;
    }

    private static OptionalInt microBatch(SpecFields fields) {
        int rows = fields.integer("microBatch", 0, 1, MOST_ROWS);
        return rows == 0 ? OptionalInt.empty() : OptionalInt.of(rows);
    }

    private static boolean isSpot(RungSpec rung) {
        return rung.capacityType() == CapacityType.SPOT;
    }
}
