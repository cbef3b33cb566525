package dev.drover.simulation.world;

import java.util.Locale;

/** Which world to live through. The same options give the same world, event by event. */
public record WorldOptions(long seed, Kind kind) {
    /** What kind of world. */
    public enum Kind {
        /** A small pool to which everything happens, often. */
        WILD,
        /** A large pool over days, to which happens what does on a cloud. */
        LARGE
    }

    public static WorldOptions wild(long seed) {
        return new WorldOptions(seed, Kind.WILD);
    }

    public static WorldOptions large(long seed) {
        return new WorldOptions(seed, Kind.LARGE);
    }

    /** The command that lives through it again. */
    public String command() {
        return "./drover simulate world --kind " + kind.name().toLowerCase(Locale.ROOT) + " --seed " + seed;
    }
}
