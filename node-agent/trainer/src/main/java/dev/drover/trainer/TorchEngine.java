package dev.drover.trainer;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import dev.drover.trainer.checkpoint.TrainState;
import java.io.IOException;

/** The native engine of this process: loaded once, on the CPU, with a fixed number of threads. */
public final class TorchEngine {
    private final Engine engine;

    private TorchEngine(Engine engine) {
        this.engine = engine;
    }

    /** Loads the native library, unpacking it first if this machine has not yet. Takes half a second, or a few when unpacking. */
    public static TorchEngine load(int threads) {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        // Re-optimizing traced graphs is for TorchScript; it only delays the first steps here.
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        try {
            return new TorchEngine(NativeUnpacking.guarded(
                    "pytorch", "-" + System.mapLibraryName("djl_torch"), () -> Engine.getEngine("PyTorch")));
        } catch (IOException | EngineException e) {
            throw new TrainingFailure(
                    "can't load the PyTorch engine: " + e.getMessage()
                            + "; DJL_CACHE_DIR must be writable and have 500 MB free",
                    e);
        }
    }

    /** Makes {@code threads} compute threads the case, or fails: the count is part of the result's identity. */
    public void useThreads(int threads) {
        if (JniUtils.getNumThreads() != threads) {
            JniUtils.setNumThreads(threads);
        }
        if (JniUtils.getNumThreads() != threads) {
            throw new TrainingFailure(
                    "train.threads: the process runs with %d compute threads and can't change to %d; set DROVER_TRAINER_THREADS to the latter"
                            .formatted(JniUtils.getNumThreads(), threads));
        }
    }

    public NDManager newManager() {
        return engine.newBaseManager(Device.cpu());
    }

    /** Collects gradients until closed; there can be one at a time in a process. */
    public GradientCollector collectGradients() {
        return engine.newGradientCollector();
    }

    /** Seeds the native generator, which dropout draws from. */
    public void seed(long seed) {
        engine.setRandomSeed(Long.hashCode(seed));
    }

    /** Where it computes. */
    public String device() {
        return Device.cpu().toString();
    }

    public TrainState.Versions versions() {
        return new TrainState.Versions(
                Engine.getDjlVersion(), engine.getVersion(), Runtime.version().toString());
    }
}
