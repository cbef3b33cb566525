package dev.drover.protocol.spec;

/**
 * One thing wrong with what was sent.
 *
 * @param field path to it, as {@code train.model.heads}; empty for the text as a whole
 * @param value what was there, shortened; empty when nothing was
 * @param allowed what would be right, to follow the word "use"
 */
public record SpecProblem(String field, String value, String allowed) {
    private static final int LONGEST_VALUE = 80;

    public SpecProblem {
        if (value.length() > LONGEST_VALUE) {
            value = value.substring(0, LONGEST_VALUE) + "...";
        }
    }

    /** One sentence: the field, the value, and what is allowed. */
    public String message() {
        String subject = field.isEmpty() ? "spec" : field;
        return value.isEmpty()
                ? "%s: is missing; use %s".formatted(subject, allowed)
                : "%s: '%s' is not allowed; use %s".formatted(subject, value, allowed);
    }
}
