package dev.drover.trainer;

/** The engine of the test's own JVM, loaded once. */
public final class TestEngine {
    private static final TorchEngine ENGINE = TorchEngine.load(1);

    private TestEngine() {}

    public static TorchEngine get() {
        return ENGINE;
    }
}
