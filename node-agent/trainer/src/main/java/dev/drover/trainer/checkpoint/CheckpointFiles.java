package dev.drover.trainer.checkpoint;

/** Names of a checkpoint's files, as the training program writes them; the agent adds its own. */
final class CheckpointFiles {
    static final String MODEL = "model.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    static final String STATE = "state.json";

    private CheckpointFiles() {}

    static String directory(int step) {
        return "step-%08d".formatted(step);
    }
}
