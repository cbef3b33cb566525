package dev.drover.trainer.data;

/**
 * How an instruction row becomes text: ChatML, the form Qwen's models are trained on.
 *
 * <p>A tokenizer that knows the markers turns each into one token; with bytes they are spelled out.
 */
final class ChatTemplate {
    private ChatTemplate() {}

    /** The part that is read: the instruction, its input if there is one, and the opening of the answer. */
    static String prompt(String instruction, String input) {
        String question = input.isBlank() ? instruction : instruction + "\n" + input;
        return "<|im_start|>user\n" + question + "<|im_end|>\n<|im_start|>assistant\n";
    }

    /** The part that is learned: the answer and its end. */
    static String answer(String output) {
        return output + "<|im_end|>\n";
    }
}
